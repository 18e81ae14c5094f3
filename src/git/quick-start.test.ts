import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { runningProcesses } from '../stdx/running-processes.fixture.ts';
import { endHere, endQuickly, runQuickly } from './quick-start.fixture.ts';
import { scratchDirectory } from './scratch-repository.fixture.ts';

// The first programs are started by this process itself.
beforeAll(() => {
  for (let n = 0; n < 10; n++) runQuickly('true', []);
});

const sh = (script: string) => ['-c', script, 'sh'];

test('a program is a child of the small process, not of this one', () => {
  const starter = runQuickly('sh', sh('echo $PPID')).trim();
  expect(starter).not.toBe(`${process.pid}`);
  const running = runningProcesses().find(({ pid }) => `${pid}` === starter);
  expect(running?.parent).toBe(process.pid);
});

test.each([
  ['success', 'echo out; echo err >&2'],
  ['failure', 'echo out; echo err >&2; exit 3'],
  ['a signal', 'kill -9 $$'],
  ['more output than a pipe holds', 'head -c 300000 /dev/zero | tr "\\0" é'],
])('%s ends as it does without the small process', (_, script) => {
  const { status, signal, stdout, stderr } = spawnSync('sh', sh(script), { encoding: 'utf8' });
  expect(endQuickly('sh', sh(script))).toEqual({ status, signal, stdout, stderr });
});

test('a program that does not exist is reported as without the small process', () => {
  const found = endQuickly('/nowhere/program', []);
  expect(found).toMatchObject({ startError: { code: 'ENOENT' } });
  expect(found).toEqual({ ...endHere({ file: '/nowhere/program', args: [] }), ...found });
  expect(() => runQuickly('/nowhere/program', [])).toThrow('ENOENT');
});

test('a failed program is an error with its output and its exit code', () => {
  const error = (() => {
    try {
      return runQuickly('sh', sh('echo out; echo err >&2; exit 3'));
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toMatchObject({ status: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(`${error}`).toMatch(/Command failed: sh -c .*\nerr\n$/s);
});

test('a program gets its folder, its input and its environment, and otherwise those of this process', () => {
  const folder = realpathSync(scratchDirectory());
  expect(runQuickly('pwd', [], { cwd: folder })).toBe(`${folder}\n`);
  expect(runQuickly('pwd', [])).toBe(`${process.cwd()}\n`);
  expect(runQuickly('cat', [], { input: 'a\0é' })).toBe('a\0é');
  const echo = sh('echo "$QUICK_START"');
  process.env.QUICK_START = 'later';
  try {
    expect(runQuickly('sh', echo)).toBe('later\n');
    expect(runQuickly('sh', echo, { env: { PATH: process.env.PATH } })).toBe('\n');
  } finally {
    delete process.env.QUICK_START;
  }
});

test('if the small process dies, the next program is started by another one', () => {
  const starter = Number(runQuickly('sh', sh('echo $PPID')));
  process.kill(starter, 'SIGKILL');
  expect(() => runQuickly('true', [])).toThrow();
  expect(Number(runQuickly('sh', sh('echo $PPID')))).not.toBe(starter);
});
