import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import {
  apply,
  base,
  remove,
  replace,
  run,
  type Scene,
  scene,
  snapshot,
  write,
} from './apply-scene.fixture.ts';

// Works on real files, and in a separate process where the process itself matters.

afterAll(() => rmSync(base, { recursive: true, force: true }));

test('R-PIPE-5: the program applies a proposal, reports it line by line, and exits with 0', () => {
  const at = scene([replace('a.txt', 'one', 'two'), write('deep/er/new.txt', 'n'), remove('old.txt')], {
    'a.txt': 'one\n',
    'old.txt': 'o',
  });
  const { status, events } = run(at);
  expect(status).toBe(0);
  expect(events.map(({ type }) => type)).toEqual([
    'proposal',
    'edit',
    'edit',
    'edit',
    'planned',
    'deleted',
    'written',
    'written',
    'result',
  ]);
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

test('a proposal that cannot be read, or a missing worktree, exits with 1 and a reason', () => {
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

test('the executable bit is kept, and a new file is not executable', () => {
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

test('R-SEC-2: a link inside cannot reach `.git` or CI files under another name', () => {
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

test('a link inside the worktree is followed for its content, deleted itself by a deletion, and stays one file', () => {
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

test('an application that was killed after any of its writes is finished by the next run', () => {
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
    // The third run has nothing left to do.
    expect(apply(at)).toEqual(expected);
  }
});

/** Runs the real program in a process that kills itself as soon as it has reported its nth write. */
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

test('a full disk is recognised as such, and nothing is half written', (context) => {
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
