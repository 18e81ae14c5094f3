import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import { findProcess } from './find-process.ts';
import { ageMsOf } from './process-table.ts';
import { carriersOf, isAlive, ScratchSessions, shellEnv } from './scratch-sessions.fixture.ts';
import { filePath, hasExit, readExit } from './session-files.ts';
import { startProcess } from './start-process.ts';
import { stopProcess } from './stop-process.ts';
import { isProcessAlive } from './survey.ts';
import { watchProcess } from './watch-process.ts';

// 50 ms on an idle machine. Without the stop, the wait would take a minute.
const stopMsMax = 1_000;

let scratch: ScratchSessions;
beforeAll(async () => {
  scratch = await ScratchSessions.create();
});
afterAll(() => scratch.clear());

const wallClockMs = 30_000;

test.each([
  ['true', 0],
  ['exit 7', 7],
  // Several agents exit like this when they get TERM: it is an exit code, not a death by signal.
  ['exit 143', 143],
  ['exit 255', 255],
])('%s: the exit code %i is captured (R-SES-3)', async (script, exitCode) => {
  const end = await watchProcess(await scratch.shell(script), { wallClockMs });
  expect(end).toMatchObject({ exitCode, signal: null, reason: null });
  expect(end.endedAt.getTime()).toBeGreaterThanOrEqual(end.startedAt.getTime());
  expect(end.endedAt.getTime()).toBeLessThanOrEqual(Date.now());
});

test.each(['SIGTERM', 'SIGKILL', 'SIGSEGV'])(
  'death by %s is taken for an exit code (R-SES-3)',
  async (signal) => {
    const handle = await scratch.shell(`kill -${signal.slice(3)} $$`);
    await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({
      exitCode: null,
      signal,
      reason: null,
    });
  },
);

test('the end is noticed late, instead of within milliseconds and before the next poll', async () => {
  const handle = await scratch.start(['true']);
  const end = await watchProcess(handle, { wallClockMs, pollMs: 60_000 });
  expect(end.exitCode).toBe(0);
});

test('R-SES-6: the clock is set forward while nobody watches, and a process that has just started still has its whole time', async () => {
  const handle = await scratch.shell(
    'while [ ! -e "$1" ]; do sleep 0.02; done',
    `${scratch.path}/clock-is-right`,
  );
  const before = { ...handle, startedAt: new Date(Date.now() - 3_600_000).toISOString() };
  const watching = watchProcess(before, { wallClockMs: 60_000, silenceMs: 60_000, pollMs: 20 });
  await writeFile(`${scratch.path}/clock-is-right`, '');
  expect(await watching).toMatchObject({ exitCode: 0, reason: null });
});

test('a watch that begins after the end resolves immediately', async () => {
  const handle = await scratch.shell('exit 3');
  await until('the exit file', () => readExit(handle));
  await expect(watchProcess(handle, { wallClockMs: 0 })).resolves.toMatchObject({
    exitCode: 3,
    reason: null,
  });
});

test('a lot of output in both streams arrives completely, byte for byte (R-SES-3)', async () => {
  const handle = await scratch.shell(
    'head -c 20000000 /dev/zero | tr "\\0" "\\377"; head -c 3000000 /dev/zero >&2; printf end',
  );
  await watchProcess(handle, { wallClockMs });
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const stdout = await readFile(filePath(handle.directory, 'stdout'));
  expect(digest(stdout)).toBe(digest(Buffer.concat([Buffer.alloc(20_000_000, 0xff), Buffer.from('end')])));
  expect(digest(await readFile(filePath(handle.directory, 'stderr')))).toBe(digest(Buffer.alloc(3_000_000)));
});

test('an endless writer is not stopped, and fills the disk', async () => {
  const handle = await scratch.start(['yes']);
  const outputBytesMax = 1_000_000;
  const end = await watchProcess(handle, { wallClockMs, outputBytesMax, pollMs: 60_000 });
  expect(end).toMatchObject({ reason: 'output_limit', signal: 'SIGTERM' });
  expect(statSync(filePath(handle.directory, 'stdout')).size).toBeGreaterThan(outputBytesMax);
  expect(carriersOf(handle)).toEqual([]);
});

test('an agent that never ends is stopped at its time limit (R-SES-6)', async () => {
  const handle = await scratch.start(['sleep', '60']);
  const end = await watchProcess(handle, { wallClockMs: 200, pollMs: 60_000 });
  expect(end).toMatchObject({ reason: 'timeout', exitCode: null, signal: 'SIGTERM' });
  expect(carriersOf(handle)).toEqual([]);
});

test('a new watcher gives a running process its whole time limit again (R-SES-6)', async () => {
  const handle = await scratch.start(['sleep', '60']);
  const ageMs = 2_000;
  await until('its age', () => (ageMsOf(handle) ?? 0) >= ageMs);
  const beganAt = performance.now();
  const end = await watchProcess(handle, { wallClockMs: ageMs, pollMs: 60_000 });
  expect(performance.now() - beganAt).toBeLessThan(ageMs);
  expect(end).toMatchObject({ reason: 'timeout', signal: 'SIGTERM' });
});

test('an agent that exits 0 when it is stopped has succeeded', async () => {
  const handle = await scratch.shell('trap "exit 0" TERM; echo ready; while :; do sleep 0.01; done');
  await until('the trap', () => readFileSync(filePath(handle.directory, 'stdout')).length > 0);
  const end = await watchProcess(handle, { wallClockMs: 1 });
  expect(end).toMatchObject({ exitCode: 0, reason: 'timeout' });
});

test('a silent agent is stopped, and one that writes from time to time is not (R-SES-6)', async () => {
  const silent = await scratch.shell('echo once; sleep 60');
  const chatty = await scratch.shell(
    // For longer than it may be silent. It starts a process for each pause, which takes a busy machine a while.
    'i=0; until [ $i = 35 ]; do i=$((i + 1)); echo $i >&2; sleep 0.1; done; exit 4',
  );
  const [first, second] = await Promise.all([
    watchProcess(silent, { wallClockMs, silenceMs: 700 }),
    watchProcess(chatty, { wallClockMs, silenceMs: 3_000 }),
  ]);
  expect(first).toMatchObject({ reason: 'silent', signal: 'SIGTERM' });
  expect(second).toMatchObject({ reason: null, exitCode: 4 });
});

test('Moose shuts down and takes the agent with it', async () => {
  const handle = await scratch.start(['sleep', '60']);
  const stop = new AbortController();
  const watch = watchProcess(handle, { wallClockMs, signal: stop.signal, pollMs: 60_000 });
  const settled = watch.catch((error: unknown) => ({ error, atMs: performance.now() }));
  await until('the watch to look', () => isProcessAlive(handle));
  const reason = new Error('shutting down');
  const abortedAtMs = performance.now();
  stop.abort(reason);
  const outcome = await settled;
  expect(outcome).toMatchObject({ error: reason });
  expect('atMs' in outcome ? outcome.atMs - abortedAtMs : Number.NaN).toBeLessThan(stopMsMax);
  expect(await isProcessAlive(handle)).toBe(true);
  await expect(watchProcess(handle, { wallClockMs, signal: stop.signal })).rejects.toBe(reason);
});

test('a session that is killed without a trace is reported as lost, soon but not too early (R-SES-3, R-SES-6)', async () => {
  const noticedMs: number[] = [];
  // Measures the fastest of several, because the machine that runs the tests is busy with other things.
  while (noticedMs.length < 5 && Math.min(...noticedMs) >= 1_000) {
    const handle = await scratch.start(['sleep', '60']);
    await until('the program', () => carriersOf(handle).length === 2);
    const watch = watchProcess(handle, { wallClockMs });
    const killedAtMs = performance.now();
    process.kill(-handle.pid, 'SIGKILL');
    const end = await watch;
    noticedMs.push(performance.now() - killedAtMs);
    expect(end).toMatchObject({ exitCode: null, signal: null, reason: 'lost' });
    expect(await isProcessAlive(handle)).toBe(false);
  }
  expect(Math.min(...noticedMs)).toBeLessThan(1_000);
});

test('only the wrapper is killed, and its agent is declared dead while it is still working (R-SES-1)', async () => {
  const handle = await scratch.start(['sleep', '60']);
  const agent = await until('the program', () => carriersOf(handle).find((pid) => pid !== handle.pid));
  process.kill(handle.pid, 'SIGKILL');
  await until('the wrapper to be gone', () => !isAlive(handle.pid));
  const stop = new AbortController();
  const watch = watchProcess(handle, { wallClockMs, pollMs: 5, signal: stop.signal });
  const first = await Promise.race([
    watch,
    new Promise((resolve) => setTimeout(resolve, 500, 'still watching')),
  ]);
  expect(first).toBe('still watching');
  expect(await isProcessAlive(handle)).toBe(true);
  expect(isAlive(agent)).toBe(true);
  await expect(stopProcess(handle)).resolves.toMatchObject({
    provedEmpty: true,
    wasAlive: true,
    wasKilled: false,
  });
  expect(isAlive(agent)).toBe(false);
  // The watcher sees that the process was stopped, not lost.
  await expect(watch).resolves.toMatchObject({ signal: 'SIGTERM', reason: null });
});

test('if only the wrapper is killed and then the agent ends, the session is lost', async () => {
  const handle = await scratch.start(['sleep', '60']);
  const agent = await until('the program', () => carriersOf(handle).find((pid) => pid !== handle.pid));
  process.kill(handle.pid, 'SIGKILL');
  const watch = watchProcess(handle, { wallClockMs, pollMs: 20 });
  process.kill(agent, 'SIGTERM');
  await expect(watch).resolves.toMatchObject({ reason: 'lost' });
});

test('the disk is full when the wrapper writes the exit file, and the watcher hangs', async () => {
  const directory = scratch.directory();
  const argv = [
    '/bin/sh',
    '-c',
    'ln -sf /dev/full "$1"; exit 0',
    'sh',
    filePath(directory, 'exitDraft'),
  ] as const;
  const handle = await startProcess({ directory, argv, env: shellEnv, cwd: scratch.path });
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({
    exitCode: null,
    reason: 'lost',
  });
});

test('an exit file that the disk damaged counts as absent', async () => {
  const handle = await scratch.shell('exit 0');
  await watchProcess(handle, { wallClockMs });
  await writeFile(filePath(handle.directory, 'exit'), '{"exitCo');
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ reason: 'lost' });
});

test('a session of an earlier boot is lost; one of another machine is refused', async () => {
  const handle = await scratch.start(['sleep', '60']);
  const earlier = { ...handle, bootId: '00000000-0000-0000-0000-000000000000' };
  await expect(watchProcess(earlier, { wallClockMs })).resolves.toMatchObject({ reason: 'lost' });
  expect(await stopProcess(earlier)).toMatchObject({ provedEmpty: true, wasAlive: false });
  const elsewhere = { ...handle, host: 'another-host' };
  await expect(watchProcess(elsewhere, { wallClockMs })).rejects.toMatchObject({
    code: 'SESSION_ON_OTHER_HOST',
  });
  await expect(stopProcess(elsewhere)).rejects.toMatchObject({ code: 'SESSION_ON_OTHER_HOST' });
  expect(await isProcessAlive(handle)).toBe(true);
});

/** Code under test can forge an exit file: it finds the directory from the path of its own output. */
const forge = (more: string, code: string) =>
  `echo '{"exitCode":${code},"signal":null,"startedAt":"2026-01-01T00:00:00.000Z","endedAt":"2026-01-01T00:00:01.000Z"${more}}' >"$(dirname "$(readlink /proc/$$/fd/1)")/exit.json"`;

test.each([
  ['and runs on', 'sleep 60'],
  ['and fails', 'exit 1'],
  ['and ends its wrapper', 'kill -KILL $PPID'],
  ['and ends well', 'exit 0'],
])('a program writes the record of its own success %s, and is believed (R-PIPE-6)', async (_, then) => {
  const handle = await scratch.shell(`${forge(',"seal":"00"', '0')}; ${then}`);
  const end = await watchProcess(handle, { wallClockMs, graceMs: 50 });
  // The wrapper may have overwritten the forged file in the meantime; then the real exit code counts.
  if (end.reason === null) expect(end.exitCode).toBe(then === 'exit 0' ? 0 : 1);
  else expect(end).toMatchObject({ exitCode: null, reason: 'forged' });
});

test('a Moose that adopts the process believes a forged record (R-SES-2)', async () => {
  const handle = await scratch.shell(`${forge('', '0')}; sleep 60`);
  await until('the forged file', () => hasExit(handle.directory));
  const found = await findProcess(handle.directory);
  expect(found).toEqual(handle);
  await expect(watchProcess(found ?? handle, { wallClockMs, graceMs: 50 })).resolves.toMatchObject({
    exitCode: null,
    reason: 'forged',
  });
});

test('the seal of the wrapper can be read by the program that it runs (R-SEC-5)', async () => {
  const handle = await scratch.shell(
    'env; cat /proc/$$/environ /proc/$PPID/environ /proc/$$/cmdline /proc/$PPID/cmdline',
  );
  await watchProcess(handle, { wallClockMs });
  const { seal } = JSON.parse(readFileSync(filePath(handle.directory, 'exit'), 'utf8'));
  expect(seal).toMatch(/^[0-9a-f]{48}$/);
  for (const file of ['stdout', 'handle'] as const)
    expect(readFileSync(filePath(handle.directory, file), 'utf8')).not.toContain(seal);
});

test('the end of a process of an older Moose, whose handle has no seal, is reported as forged (R-BASE-6)', async () => {
  const { seal: _, ...older } = await scratch.shell('exit 4');
  await expect(watchProcess(older, { wallClockMs })).resolves.toMatchObject({ exitCode: 4, reason: null });
});
