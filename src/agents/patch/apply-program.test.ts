import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { Edit, Proposal } from '../../domain/proposal.ts';
import { type ApplyResult, applyProposal } from './apply-proposal.ts';
import { writeProposalFile } from './proposal-file.ts';

// On real files, and in a process of its own where a process is what matters.

const base = mkdtempSync(join(tmpdir(), 'moose-patch-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const program = join(import.meta.dirname, 'apply-program.ts');

interface Scene {
  worktree: string;
  session: string;
  proposalPath: string;
}

function scene(edits: Edit[], files: Record<string, string> = {}, rules = { allowCiChanges: false }): Scene {
  const directory = mkdtempSync(join(base, 'scene-'));
  const worktree = join(directory, 'worktree');
  const session = join(directory, 'session');
  mkdirSync(worktree);
  mkdirSync(session);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(worktree, path, '..'), { recursive: true });
    writeFileSync(join(worktree, path), content);
  }
  const proposal: Proposal = { plan: 'p', edits, risks: [] };
  const proposalPath = join(session, 'proposal.json');
  writeFileSync(proposalPath, writeProposalFile(proposal, rules));
  return { worktree, session, proposalPath };
}

function apply({ proposalPath, worktree }: Scene): ApplyResult {
  return applyProposal(proposalPath, worktree, () => {});
}

function run({ proposalPath, worktree }: Scene): {
  status: number | null;
  events: Record<string, unknown>[];
} {
  const { status, stdout } = spawnSync(process.execPath, [program, proposalPath, worktree], {
    env: {},
    encoding: 'utf8',
  });
  return {
    status,
    events: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

/** Every file and link below a directory, with its content. */
function snapshot(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [
        path,
        statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : 'link',
      ]),
  );
}

const write = (path: string, content: string): Edit => ({ kind: 'write', path, content });
const replace = (path: string, search: string, to: string): Edit => ({
  kind: 'replace',
  path,
  search,
  replace: to,
});
const remove = (path: string): Edit => ({ kind: 'delete', path });

test('R-PIPE-5: the program applies, says so line by line, and exits with 0', () => {
  const at = scene([replace('a.txt', 'one', 'two'), write('deep/er/new.txt', 'n'), remove('old.txt')], {
    'a.txt': 'one\n',
    'old.txt': 'o',
  });
  const { status, events } = run(at);
  expect(status).toBe(0);
  expect(events.map(({ type }) => type)).toEqual(['planned', 'deleted', 'written', 'written', 'result']);
  expect(events.at(-1)).toEqual({
    type: 'result',
    outcome: 'applied',
    changedFiles: ['old.txt', 'a.txt', 'deep/er/new.txt'],
    refusals: [],
    problem: null,
  });
  expect(snapshot(at.worktree)).toEqual({
    [join(at.worktree, 'a.txt')]: 'two\n',
    [join(at.worktree, 'deep/er/new.txt')]: 'n',
  });
});

test('a refused proposal changes nothing and exits with 3', () => {
  const at = scene([write('new.txt', 'n'), replace('a.txt', 'oen', 'two')], { 'a.txt': 'x\n  one\n' });
  const before = snapshot(at.worktree);
  const { status, events } = run(at);
  expect(status).toBe(3);
  expect(events.at(-1)).toMatchObject({
    outcome: 'refused',
    refusals: [{ edit: 1, path: 'a.txt', reason: expect.any(String) }],
  });
  expect(snapshot(at.worktree)).toEqual(before);
});

test('a proposal that cannot be read, and a worktree that is not there, exit with 1 and a reason', () => {
  const at = scene([]);
  writeFileSync(at.proposalPath, '{"edits": [{"kind": "write"');
  expect(run(at)).toMatchObject({
    status: 1,
    events: [{ outcome: 'failed', problem: { code: 'PROPOSAL_UNREADABLE' } }],
  });
  const gone = scene([write('a', 'x')]);
  rmSync(gone.worktree, { recursive: true });
  expect(run(gone)).toMatchObject({
    status: 1,
    events: [{ outcome: 'failed', problem: { code: 'WORKTREE_MISSING' } }],
  });
});

test('the executable bit stays, and a new file gets none', () => {
  const at = scene([replace('run.sh', 'one', 'two'), write('new.sh', '#!/bin/sh\n')], {
    'run.sh': 'echo one\n',
  });
  execFileSync('chmod', ['755', join(at.worktree, 'run.sh')]);
  expect(apply(at).outcome).toBe('applied');
  expect(statSync(join(at.worktree, 'run.sh')).mode & 0o777).toBe(0o755);
  expect(statSync(join(at.worktree, 'new.sh')).mode & 0o111).toBe(0);
});

test('R-SEC-2: no edit goes through a link that leaves the worktree', () => {
  const outside = mkdtempSync(join(base, 'outside-'));
  writeFileSync(join(outside, 'victim.txt'), 'one');
  const links = {
    'out-dir': outside,
    'out-file': join(outside, 'victim.txt'),
    up: '..',
    nothing: join(outside, 'absent.txt'),
    circle: 'circle',
  };
  const edits = [
    write('out-dir/new.txt', 'x'),
    replace('out-dir/victim.txt', 'one', 'two'),
    remove('out-dir/victim.txt'),
    replace('out-file', 'one', 'two'),
    write('out-file', 'x'),
    write('up/session/x', 'x'),
    write('nothing', 'x'),
    write('circle', 'x'),
    write('circle/x', 'x'),
  ];
  for (const edit of edits) {
    const at = scene([edit]);
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(at.worktree, name));
    expect({ edit, outcome: apply(at).outcome }).toEqual({ edit, outcome: 'refused' });
  }
  expect(snapshot(outside)).toEqual({ [join(outside, 'victim.txt')]: 'one' });
});

test('R-SEC-2: a link inside cannot lead to `.git` or CI files under another name', () => {
  const at = scene([write('a/config', 'x'), write('b/ci.yml', 'x'), write('c', 'x')], {
    '.git/config': '',
    '.github/workflows/ci.yml': '',
    '.gitlab-ci.yml': '',
  });
  symlinkSync('.git', join(at.worktree, 'a'));
  symlinkSync('.github/workflows', join(at.worktree, 'b'));
  symlinkSync('.gitlab-ci.yml', join(at.worktree, 'c'));
  const { outcome, refusals } = apply(at);
  expect(outcome).toBe('refused');
  expect(refusals.map(({ reason }) => reason)).toEqual(
    Array(3).fill(expect.stringContaining('through a symbolic link')),
  );
});

test('a link inside is followed for its content, is itself what a deletion removes, and stays one file', () => {
  const at = scene(
    [
      replace('CLAUDE.md', 'one', 'two'),
      replace('AGENTS.md', 'two', 'three'),
      remove('other'),
      write('other', 'file'),
    ],
    { 'AGENTS.md': 'one' },
  );
  symlinkSync('AGENTS.md', join(at.worktree, 'CLAUDE.md'));
  symlinkSync('AGENTS.md', join(at.worktree, 'other'));
  expect(apply(at)).toMatchObject({ outcome: 'applied', changedFiles: ['AGENTS.md', 'other'] });
  expect(readFileSync(join(at.worktree, 'CLAUDE.md'), 'utf8')).toBe('three');
  expect(readFileSync(join(at.worktree, 'other'), 'utf8')).toBe('file');
});

test('an application that was killed after any of its writes is finished by the next run', {
  timeout: 30_000,
}, () => {
  const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, `old ${name}\n`]));
  const edits = [
    remove('a'),
    write('a/new', 'n'),
    replace('b', 'old', 'new'),
    replace('c', 'old', 'new'),
    remove('d'),
    write('e/f', 'e'),
  ];
  const expected = apply(scene(edits, files));
  expect(expected.outcome).toBe('applied');
  for (let writesDone = 1; writesDone <= expected.changedFiles.length; writesDone += 1) {
    const at = scene(edits, files);
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', killedAfter(writesDone, at)], {
      encoding: 'utf8',
    });
    expect({ writesDone, signal: killed.signal, stderr: killed.stderr }).toEqual({
      writesDone,
      signal: 'SIGKILL',
      stderr: '',
    });
    expect(apply(at)).toEqual(expected);
    expect(snapshotNames(at.worktree)).toEqual(['a/new:n', 'b:new b\n', 'c:new c\n', 'e/f:e']);
    // And a third time, when there is nothing left to do.
    expect(apply(at)).toEqual(expected);
  }
});

/** The real application, in a process that kills itself as soon as it has told of its nth write. */
function killedAfter(writesDone: number, at: Scene): string {
  const module = JSON.stringify(join(import.meta.dirname, 'apply-proposal.ts'));
  return `import { applyProposal } from ${module};
    let done = 0;
    applyProposal(${JSON.stringify(at.proposalPath)}, ${JSON.stringify(at.worktree)}, ({ type }) => {
      if (type === 'written' || type === 'deleted') done += 1;
      if (done === ${writesDone}) process.kill(process.pid, 'SIGKILL');
    });`;
}

function snapshotNames(directory: string): string[] {
  return Object.entries(snapshot(directory))
    .map(([path, content]) => `${path.slice(directory.length + 1)}:${content}`)
    .sort();
}

test('a file that somebody else changed between two runs is not overwritten', () => {
  const at = scene([replace('a', 'one', 'two')], { a: 'one' });
  expect(apply(at).outcome).toBe('applied');
  writeFileSync(join(at.worktree, 'a'), 'a stranger');
  expect(apply(at)).toMatchObject({ outcome: 'failed', problem: { code: 'WORKTREE_MOVED' } });
  expect(readFileSync(join(at.worktree, 'a'), 'utf8')).toBe('a stranger');
});

test('a full disk is told apart, and nothing is half written', (context) => {
  const mount = mkdtempSync(join(base, 'small-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', mount]);
  if (mounted.status !== 0) context.skip('needs the right to mount a small file system');
  onTestFinished(() => void execFileSync('umount', [mount]));
  writeFileSync(join(mount, 'a.txt'), 'one');
  const at = {
    ...scene([replace('a.txt', 'one', 'two'), write('big.txt', 'x'.repeat(200_000))]),
    worktree: mount,
  };
  const { status, events } = run(at);
  expect({ status, last: events.at(-1) }).toMatchObject({
    status: 1,
    last: { outcome: 'failed', problem: { code: 'DISK_FULL' } },
  });
  expect(snapshot(mount)).toEqual({ [join(mount, 'a.txt')]: 'one' });
});

test('R-SEC-2: property: no list of edits leaves the worktree, and a refused one changes nothing', () => {
  const segment = fc.constantFrom(
    'a',
    'b',
    '..',
    '.',
    '',
    '.git',
    '.GIT ',
    'out',
    'in',
    '/',
    'c\\d',
    '\0',
    'git~1',
    '.github',
    'workflows',
  );
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
  const safe = fc.constantFrom('a/x', 'a/y', 'b', 'in/x', 'n/m', 'n');
  const anyPath = fc.oneof({ weight: 3, arbitrary: safe }, { weight: 1, arbitrary: path });
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({
      kind: fc.constant('write' as const),
      path: anyPath,
      content: fc.constantFrom('', 'one', 'two\n'),
    }),
    fc.record({
      kind: fc.constant('replace' as const),
      path: anyPath,
      search: fc.constantFrom('one', 'two'),
      replace: fc.constantFrom('two', 'one'),
    }),
    fc.record({ kind: fc.constant('delete' as const), path: anyPath }),
  );
  let applied = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const at = scene(edits, { 'a/x': 'one', b: 'two', '.git/HEAD': 'ref' });
      const outside = join(at.worktree, '..', 'outside');
      mkdirSync(outside);
      writeFileSync(join(outside, 'x'), 'one');
      symlinkSync('../outside', join(at.worktree, 'out'));
      symlinkSync('a', join(at.worktree, 'in'));
      const before = snapshot(at.worktree);
      const { outcome } = apply(at);
      expect(snapshot(outside)).toEqual({ [join(outside, 'x')]: 'one' });
      expect(readFileSync(join(at.worktree, '.git/HEAD'), 'utf8')).toBe('ref');
      expect(existsSync(join(at.worktree, '.github/workflows'))).toBe(false);
      expect(readdirSync(join(at.worktree, '..')).sort()).toEqual(['outside', 'session', 'worktree']);
      expect(['applied', 'refused']).toContain(outcome);
      if (outcome === 'refused') expect(snapshot(at.worktree)).toEqual(before);
      if (outcome === 'applied') applied += 1;
      else refused += 1;
      rmSync(join(at.worktree, '..'), { recursive: true });
    }),
    { numRuns: 120 },
  );
  // Both happen often enough for the property to mean something.
  expect(Math.min(applied, refused)).toBeGreaterThan(10);
});
