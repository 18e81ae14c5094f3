// Reproduces a failed git command in a copy of the repository. Nothing is written outside the folder, and nothing is
// pushed: a push is a dry run, and absolute paths that git would write to are moved into the folder.
import { relative } from 'node:path';
import { classifyFailure } from '../../../classifier/classify-failure.ts';
import { readShellLine, shellLine, shellWord } from '../../../stdx/text/shell-words.ts';
import { caseOf, evidenceScript, wireOf } from './of-evidence.ts';
import type { Material, Reproduction } from './reproduction.ts';

/** Commands that read from the paths in their arguments, and write only to the repository in which they run. */
const readers = new Set(['fetch', 'ls-remote', 'push']);

/** Null if the command is not known well enough to run it again. */
export function gitReproduction(material: Material): Reproduction | null {
  const { error } = material;
  const { cwd } = error.metadata;
  const words = readShellLine(error.process?.command ?? '');
  const exitCode = error.process?.exitCode;
  if (typeof cwd !== 'string' || words?.[0] !== 'git' || typeof exitCode !== 'number') return null;
  const line = shellLine(inCopy(words, cwd));
  const evidence = caseOf(error);
  const { failureClass, rule } = classifyFailure(evidence);
  return {
    kind: 'git',
    does: `runs \`${line}\` in a copy of the repository and gives the stored evidence to the classifier`,
    expects: `git ends with exit code ${exitCode}, and the classifier says ${failureClass} by the rule ${rule}`,
    environment: {},
    files: [
      { path: 'input/command', content: `${error.process?.command}\n` },
      { path: 'input/case.jsonl', content: `${JSON.stringify(wireOf(error.id, evidence))}\n` },
    ],
    script: `rm -rf "$here/repository" "$here/outside"
mkdir -p "$here/repository"
${cwd === '/' ? emptyRepository : copyOf(cwd)}
${outsideOf(words, cwd)
  .map((path) => `mkdir -p "$here/outside"/${shellWord(parentOf(path))}`)
  .join('\n')}
gitStatus=0
${line} </dev/null || gitStatus=$?
cd "$here"
verdict ${exitCode} "$gitStatus"
if [ "$isSame" = no ]; then echo 'The original obstacle (a lock, a permission, a remote) is not part of a copy.'; fi
${evidenceScript(failureClass, rule)}
exit "$gitStatus"`,
  };
}

/** The command ran outside of any repository, such as a question to a remote. */
const emptyRepository = `cd "$here/repository"
git init --quiet`;

const copyOf = (cwd: string) => `repository=\${REPOSITORY:-${shellWord(cwd)}}
git clone --quiet --mirror "$repository" "$here/repository/.git"
cd "$here/repository"
git config core.bare false
git remote remove origin
for name in $(git -C "$repository" remote); do
  git remote add "$name" "$(git -C "$repository" remote get-url "$name")"
done
git reset --quiet --hard || true`;

function inCopy(words: readonly string[], cwd: string): string[] {
  const outside = new Set(outsideOf(words, cwd));
  const moved = words.map((word) => {
    if (word === cwd) return '.';
    if (word.startsWith(`${cwd}/`)) return `./${relative(cwd, word)}`;
    return outside.has(word) ? `../outside${word}` : word;
  });
  const at = moved.indexOf('push');
  return subcommandOf(words) === 'push' && at !== -1 ? moved.toSpliced(at + 1, 0, '--dry-run') : moved;
}

function outsideOf(words: readonly string[], cwd: string): string[] {
  if (readers.has(subcommandOf(words))) return [];
  return words.filter((word) => word.startsWith('/') && word !== cwd && !word.startsWith(`${cwd}/`));
}

function subcommandOf(words: readonly string[]): string {
  return (
    words.slice(1).find((word, index, all) => /^[a-z][a-z-]*$/.test(word) && all[index - 1] !== '-c') ?? ''
  );
}

function parentOf(path: string): string {
  return path.replace(/\/[^/]*\/?$/, '').replace(/^\//, '') || '.';
}
