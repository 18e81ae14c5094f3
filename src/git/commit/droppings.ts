// Files that tools drop beside their work: settings of an agent on one machine, rejected hunks, logs of a crash. A change leaves
// new ones out and says so, unless the repository has such files already, or its work order names them (R-REPO-1).
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGitBytes } from '../run/run-git.ts';
import type { PathBytes } from './path-bytes.ts';
import { shownPath } from './scratch-index.ts';

/** Each matches a whole path. `core` alone is only a dump if it begins like one. */
const kinds: readonly RegExp[] = [
  // Coding agents.
  /(?:^|\/)tmpclaude-[^/]*-cwd$/,
  /(?:^|\/)\.claude\/settings\.local\.json$/,
  /(?:^|\/)\.claude\/(?:todos|shell-snapshots|statsig|worktrees|projects)\//,
  /(?:^|\/)\.(?:codex|opencode|cursor|gemini|qwen)\/(?:cache|logs?|sessions|history|tmp)\//,
  /(?:^|\/)\.playwright-mcp\//,
  /(?:^|\/)\.(?:specstory|cursor-server)\//,
  // Shells, patches and editors.
  /(?:^|\/)nohup\.out$/,
  /\.(?:rej|orig)$/,
  /(?:^|\/)\.[^/]+\.sw[a-p]$/,
  /\.sw[op]$/,
  /[^/]~$/,
  /(?:^|\/)(?:#[^/]+#|\.#[^/]+)$/,
  // Crashes and package managers.
  /(?:^|\/)(?:vg)?core\.\d+$/,
  /(?:^|\/)core$/,
  /(?:^|\/)(?:hs_err|replay)_pid\d+\.log$/,
  /(?:^|\/)(?:npm|yarn|pnpm|lerna)-(?:debug|error)\.log[^/]*$/,
  // Runs of tests and linters.
  /(?:^|\/)\.coverage(?:\.[^/]+)?$/,
  /(?:^|\/)\.(?:nyc_output|hypothesis|ipynb_checkpoints|phpunit\.cache)\//,
  /(?:^|\/)\.(?:eslintcache|stylelintcache|rspec_status|phpunit\.result\.cache)$/,
  /\.tsbuildinfo$/,
  /(?:^|\/)(?:test-results|playwright-report)\//,
  // Desktops.
  /(?:^|\/)(?:Thumbs\.db|desktop\.ini)$/i,
];

interface Sorted {
  kept: PathBytes[];
  /** For people, sorted. */
  leftOut: string[];
}

/** `named`: the words of the work order. `own` is a call with the index of the starting commit. */
export async function withoutDroppings(
  worktreePath: string,
  untracked: readonly PathBytes[],
  named: string,
  own: GitCall,
): Promise<Sorted> {
  const found = untracked
    .map((path) => ({ path, kind: kindOf(worktreePath, path) }))
    .filter(({ path, kind }) => kind !== undefined && !isNamed(shownPath(path), named));
  if (found.length === 0) return { kept: [...untracked], leftOut: [] };
  const { stdout } = await runGitBytes(worktreePath, ['ls-files', '-z'], own);
  const tracked = splitNul(stdout.toString('latin1'));
  const unusual = new Set(kinds.filter((kind) => !tracked.some((path) => kind.test(path))));
  const dropped = new Set(found.flatMap(({ path, kind }) => (kind && unusual.has(kind) ? [path] : [])));
  return {
    kept: untracked.filter((path) => !dropped.has(path)),
    leftOut: [...dropped].map(shownPath).sort(),
  };
}

function kindOf(worktreePath: string, path: PathBytes): RegExp | undefined {
  const kind = kinds.find((each) => each.test(path));
  return /(?:^|\/)core$/.test(path) && !isDump(join(worktreePath, shownPath(path))) ? undefined : kind;
}

/** By its path, or by the name of the file or of the folder that a tool fills. */
function isNamed(path: string, text: string): boolean {
  return path.split('/').some((part, at, parts) => {
    const isTelling = at === parts.length - 1 || part.startsWith('.') || part.includes('-');
    return isTelling && text.includes(part);
  });
}

const elf = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

function isDump(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(elf.length);
      readSync(file, start, 0, start.length, 0);
      return start.equals(elf);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT', 'EISDIR', 'ENXIO', 'EACCES', 'ELOOP')) return false;
    throw cause;
  }
}
