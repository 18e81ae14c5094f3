// Puts files of another commit into a scratch checkout. git writes them, so a symbolic link of the checkout is replaced
// and never followed.
import { assertSha } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';

export interface LaidOver {
  /** The commit whose content `take` names. */
  from: string;
  /** Paths that exist in `from`. */
  take: readonly string[];
  remove: readonly string[];
  /** Paths with the text that they get; they keep their mode. */
  write: ReadonlyMap<string, string>;
}

const literally = { GIT_LITERAL_PATHSPECS: '1' };

export async function layOver(
  path: string,
  { from, take, remove, write }: LaidOver,
  given: GitCall,
): Promise<void> {
  assertSha(from);
  const call = { ...given, timeoutMs: checkoutTimeoutMs, env: literally };
  const list = (paths: readonly string[]) => paths.map((each) => `${each}\0`).join('');
  const read = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  if (remove.length > 0)
    await runGit(path, ['rm', '--quiet', '-r', '-f', '--ignore-unmatch', ...read], {
      ...call,
      input: list(remove),
    });
  if (take.length > 0)
    await runGit(path, ['checkout', '--quiet', from, ...read], { ...call, input: list(take) });
  for (const [file, text] of write) {
    const { stdout } = await runGit(path, ['hash-object', '-w', '--stdin'], { ...call, input: text });
    const listed = await runGit(path, ['ls-files', '--stage', '-z', '--', file], call);
    const mode = /^(\d{6}) /.exec(listed.stdout)?.[1] ?? '100644';
    const info = `${mode} ${stdout.trim()}\t${file}\0`;
    await runGit(path, ['update-index', '-z', '--index-info'], { ...call, input: info });
    await runGit(path, ['checkout-index', '--quiet', '-f', '-z', '--stdin'], {
      ...call,
      input: list([file]),
    });
  }
}

/** The tree of a checkout as its index has it: with what was laid over it. */
export async function indexedTree(path: string, given: GitCall): Promise<string> {
  return (await runGit(path, ['write-tree'], given)).stdout.trim();
}
