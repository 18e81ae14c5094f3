// For tests: a program that leaves things in a worktree, as an agent may, and then carries out an answer of a person. It is a
// program so that it can run as an ordinary user. Arguments: a folder for it alone, and a list of cases as JSON.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMooseError } from '../domain/failure.ts';
import { removeTree } from '../stdx/files/remove-tree.ts';
import { commitAll } from './commit/commit.ts';
import { readySessionRepository } from './sessions/session-repository.ts';
import { restoreTracked } from './worktree/working-files.ts';
import { ensureWorktree, removeWorktree } from './worktree/worktree.ts';

const branch = 'moose/ab12-x';
const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main'];

function git(path: string, ...args: string[]): string {
  const env = {
    PATH: process.env.PATH,
    HOME: '/nowhere',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  return execFileSync('git', ['-C', path, ...identity, ...args], {
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

type Leave = (root: string) => unknown;
const at = (root: string, name: string, make: (path: string) => unknown) => {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  make(path);
};
const bytes = (root: string, name: number[]) =>
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]), 'x');
const repositoryIn = (path: string) => {
  mkdirSync(path, { recursive: true });
  git(path, 'init', '--quiet');
  writeFileSync(join(path, 'index.js'), '1');
};
const deep = (root: string) => {
  const names = Array.from({ length: 900 }, () => 'deep'.repeat(8));
  const script =
    'import os,sys\nos.chdir(sys.argv[1])\nfor n in sys.argv[2].split("/"):\n os.mkdir(n); os.chdir(n)\nopen("f","w").close()';
  execFileSync('python3', ['-c', script, root, names.join('/')]);
};
/** Leaves marks of a conflict, unless something else stands in the way. */
const conflict = (root: string, how: string, ...at: string[]) => {
  const change = (text: string) => {
    writeFileSync(join(root, 'a.txt'), text);
    git(root, 'commit', '--quiet', '--all', '-m', text);
  };
  try {
    git(root, 'checkout', '--quiet', '-b', `theirs-${how}`);
    change('theirs');
    git(root, 'checkout', '--quiet', ...at, 'HEAD~1');
    change('ours');
    git(root, how, `theirs-${how}`);
  } catch (error) {
    if (!(error instanceof Error) || !('status' in error || 'code' in error)) throw error;
  }
};

const socket = 'import socket,sys\nsocket.socket(socket.AF_UNIX).bind(sys.argv[1])';

export const leavings: Record<string, Leave> = {
  'a file': (root) => at(root, 'src/new.txt', (path) => writeFileSync(path, 'new')),
  'a changed file': (root) => at(root, 'a.txt', (path) => writeFileSync(path, 'changed')),
  'a deleted file': (root) => rmSync(join(root, 'a.txt'), { force: true, recursive: true }),
  'a nested repository': (root) => repositoryIn(join(root, 'app')),
  'a nested repository with a commit': (root) => {
    repositoryIn(join(root, 'lib/app'));
    git(join(root, 'lib/app'), 'add', '--all');
    git(join(root, 'lib/app'), 'commit', '--quiet', '-m', 'Scaffold');
  },
  'a broken nested repository': (root) =>
    at(root, 'broken/.git/HEAD', (path) => writeFileSync(path, 'nonsense')),
  'no repository': (root) => rmSync(join(root, '.git'), { force: true, recursive: true }),
  'another repository': (root) => {
    rmSync(join(root, '.git'), { force: true, recursive: true });
    git(root, 'init', '--quiet');
  },
  'a name that is not UTF-8': (root) => bytes(root, [0x66, 0xff, 0xfe]),
  'names that differ by case': (root) => {
    writeFileSync(join(root, 'Readme'), '1');
    writeFileSync(join(root, 'README'), '2');
  },
  'a name with a new line': (root) => at(root, 'new\nline/-x', (path) => writeFileSync(path, 'x')),
  'a name with a backslash': (root) => writeFileSync(join(root, 'back\\slash'), 'x'),
  'a folder called .GIT': (root) => at(root, 'sub/.GIT/config', (path) => writeFileSync(path, 'x')),
  'a closed file': (root) => at(root, 'closed.txt', (path) => writeFileSync(path, 'x', { mode: 0 })),
  'a closed folder': (root) =>
    at(root, 'shut/in.txt', (path) => {
      writeFileSync(path, 'x');
      chmodSync(dirname(path), 0);
    }),
  'an ignored folder without write permission': (root) =>
    at(root, 'ignored/mod/cache/a.go', (path) => {
      writeFileSync(path, 'x', { mode: 0o444 });
      chmodSync(dirname(path), 0o555);
    }),
  'a tracked file that is closed': (root) =>
    existsSync(join(root, 'b.txt')) && chmodSync(join(root, 'b.txt'), 0),
  'a pipe': (root) => execFileSync('mkfifo', [join(root, 'pipe')]),
  'a socket': (root) => execFileSync('python3', ['-c', socket, 'sock'], { cwd: root }) && null,
  'a link to nowhere': (root) => symlinkSync('nowhere', join(root, 'dangling')),
  'links in a circle': (root) => symlinkSync('circle', join(root, 'circle')),
  'a link in the place of a folder': (root) => {
    rmSync(join(root, 'dir'), { force: true, recursive: true });
    symlinkSync('/etc', join(root, 'dir'));
  },
  'a deep tree': deep,
  'a detached HEAD with a commit': (root) => {
    git(root, 'checkout', '--quiet', '--detach');
    git(root, 'commit', '--quiet', '--allow-empty', '-m', 'On no branch');
  },
  'a half-done merge': (root) => conflict(root, 'merge'),
  'a half-done cherry-pick on no branch': (root) => conflict(root, 'cherry-pick', '--detach'),
  'a closed root': (root) => chmodSync(root, 0o555),
  'a root that cannot be entered': (root) => chmodSync(root, 0),
  'a file in a submodule that is not filled': (root) =>
    at(root, 'sub/in/new.txt', (path) => writeFileSync(path, 'x')),
  'a closed submodule that is not filled': (root) =>
    at(root, 'sub/new.txt', (path) => {
      writeFileSync(path, 'x');
      chmodSync(dirname(path), 0);
    }),
  'a repository in a tracked folder': (root) => repositoryIn(join(root, 'dir')),
  'a closed repository': (root) => existsSync(join(root, '.git')) && chmodSync(join(root, '.git'), 0),
  'closed refs': (root) => existsSync(join(root, '.git/refs')) && chmodSync(join(root, '.git/refs'), 0),
};

interface Place {
  repositoryPath: string;
  worktreePath: string;
  branch: string;
  baseSha: string;
}

async function place(folder: string): Promise<Place> {
  const repositoryPath = join(folder, 'repository');
  const worktreePath = join(folder, 'data', 'worktrees', 'ab12');
  mkdirSync(join(repositoryPath, 'dir'), { recursive: true });
  git(repositoryPath, 'init', '--quiet');
  const files = { 'a.txt': 'a', 'b.txt': 'b', 'dir/c.txt': 'c', '.gitignore': 'ignored/\n' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(repositoryPath, name), text);
  git(repositoryPath, 'add', '--all');
  git(repositoryPath, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
  git(repositoryPath, 'commit', '--quiet', '-m', 'First');
  const wish = { repositoryPath, worktreePath, branch, baseSha: git(repositoryPath, 'rev-parse', 'HEAD') };
  await ensureWorktree(wish);
  return wish;
}

async function remake(at: Place): Promise<void> {
  await removeWorktree({ ...at, preserveAs: 'ab12' });
  const { wasCreated } = await ensureWorktree(at);
  if (!wasCreated) throw new Error('the worktree was not made again');
}

const answers: Record<string, (at: Place) => Promise<unknown>> = {
  commit: async (at) => {
    const request = {
      ...at,
      expectedParent: at.baseSha,
      message: 'x',
      trailers: { 'Moose-Work-Order': 'x' },
    };
    await commitAll({ ...request, preserveAs: 'ab12' }).catch((cause: unknown) => {
      if (!isMooseError(cause) || cause.code !== 'FORBIDDEN_CHANGE') throw cause;
    });
    await readySessionRepository(at);
  },
  'go on': async (at) => {
    await ensureWorktree(at);
    await readySessionRepository(at);
    await restoreTracked(at.worktreePath);
  },
  'start again': remake,
  undo: (at) => removeWorktree({ ...at, preserveAs: 'ab12' }),
};
export const answerNames = Object.keys(answers);

/** Some leavings exclude each other. */
const excluded = ['EEXIST', 'ENOTDIR', 'EISDIR', 'EACCES', 'ENOENT', 'ENOTEMPTY'];

async function tryCase(root: string, names: readonly string[], answer: string): Promise<void> {
  const folder = mkdtempSync(join(root, 'case-'));
  const at = await place(folder);
  for (const name of names) {
    try {
      leavings[name]?.(at.worktreePath);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== undefined && !excluded.includes(code)) throw error;
    }
  }
  await answers[answer]?.(at);
  await removeWorktree({ ...at, preserveAs: 'ab12' });
  if (existsSync(at.worktreePath)) throw new Error('the worktree is still there');
  await removeTree(folder);
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Prints one line of JSON for each case that could not be carried out. */
async function main(): Promise<void> {
  const [root = '', cases = '[]'] = process.argv.slice(2);
  for (const [names, answer] of JSON.parse(cases) as [string[], string][]) {
    try {
      await tryCase(root, names, answer);
    } catch (error) {
      const evidence = isMooseError(error) ? error.metadata.process : undefined;
      say({ names, answer, error: String(error), evidence });
    }
  }
  say({ done: true, uid: process.geteuid?.() });
}

if (import.meta.main) await main();
