import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import type { ProcessHandle } from './process-handle.ts';
import { readProcess } from './process-table.ts';
import { carriersOf, isAlive, ScratchSessions } from './scratch-sessions.fixture.ts';
import { filePath } from './session-files.ts';
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

/** The first line that the program printed, as a number; it is printed when the program is ready. */
function printedPid(handle: ProcessHandle): Promise<number> {
  return until('the program to print a pid', () =>
    Number(readFileSync(filePath(handle.directory, 'stdout'), 'utf8')),
  );
}

const stubborn = 'trap "" TERM; echo $$; while :; do sleep 0.05; done';

test('an agent that ignores TERM keeps running (R-SES-3)', async () => {
  const handle = await scratch.shell(stubborn);
  const pid = await printedPid(handle);
  const proof = await stopProcess(handle, { graceMs: 300 });
  expect(proof).toMatchObject({ provedEmpty: true, wasAlive: true, wasKilled: true });
  expect(proof.durationMs).toBeGreaterThanOrEqual(300);
  expect(isAlive(pid)).toBe(false);
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({
    signal: 'SIGKILL',
    reason: null,
  });
});

test('an agent that ends on TERM still costs the whole grace period', async () => {
  const handle = await scratch.start(['sleep', '60']);
  const proof = await stopProcess(handle, { graceMs: 60_000 });
  expect(proof).toMatchObject({ wasAlive: true, wasKilled: false });
  expect(proof.durationMs).toBeLessThan(2_000);
});

test('a grandchild in its own session ignores TERM and keeps working in the worktree (R-SES-3)', async () => {
  const handle = await scratch.shell('setsid sh -c "$1" & wait', stubborn);
  const stray = await printedPid(handle);
  const proof = await stopProcess(handle, { graceMs: 100 });
  expect(proof.strayPids).toContain(stray);
  expect(isAlive(stray)).toBe(false);
  expect(carriersOf(handle)).toEqual([]);
});

test('a background process of a finished agent is found and ended', async () => {
  const handle = await scratch.shell('setsid sh -c "$1" & exit 0', stubborn);
  const stray = await printedPid(handle);
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ exitCode: 0, reason: null });
  expect(await isProcessAlive(handle)).toBe(true);
  await stopProcess(handle, { graceMs: 50 });
  expect(isAlive(stray)).toBe(false);
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ exitCode: 0 });
});

test('a daemon that cleared its environment is recognised by the lock that it inherited', async () => {
  const handle = await scratch.shell('env -i setsid /bin/sh -c "$1" & exit 0', 'echo $$; exec /bin/sleep 60');
  const stray = await printedPid(handle);
  await watchProcess(handle, { wallClockMs });
  await until('only the stray to be left', () => carriersOf(handle).length === 0);
  expect(await isProcessAlive(handle)).toBe(true);
  await expect(stopProcess(handle, { graceMs: 60_000 })).resolves.toMatchObject({
    strayPids: [stray],
    wasKilled: false,
  });
  expect(isAlive(stray)).toBe(false);
});

test('the leader of the group dies, and its living child is not found and stopped', async () => {
  const handle = await scratch.shell('sleep 60 & echo $!; wait');
  const child = await printedPid(handle);
  for (const pid of carriersOf(handle)) if (pid !== child) process.kill(pid, 'SIGKILL');
  await until('the leader to be gone', () => !isAlive(handle.pid));
  expect(await isProcessAlive(handle)).toBe(true);
  await expect(stopProcess(handle)).resolves.toMatchObject({ provedEmpty: true, wasAlive: true });
  expect(isAlive(child)).toBe(false);
});

test('a stop at the moment of the start is lost, and the whole grace period passes', async () => {
  for (let round = 0; round < 20; round += 1) {
    const handle = await scratch.start(['sleep', '60']);
    await expect(stopProcess(handle, { graceMs: 60_000 })).resolves.toMatchObject({ wasKilled: false });
  }
});

test('with nothing to stop, the proof is immediate, and the record of the end is left alone', async () => {
  const handle = await scratch.shell('exit 5');
  await watchProcess(handle, { wallClockMs });
  await until('the wrapper to be gone', () => !isAlive(handle.pid));
  await expect(stopProcess(handle)).resolves.toMatchObject({
    wasAlive: false,
    wasKilled: false,
    strayPids: [],
  });
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ exitCode: 5 });
});

test('two concurrent stops', async () => {
  const handle = await scratch.shell(stubborn);
  await printedPid(handle);
  const proofs = await Promise.all([
    stopProcess(handle, { graceMs: 50 }),
    stopProcess(handle, { graceMs: 100 }),
  ]);
  expect(proofs.map((proof) => proof.provedEmpty)).toEqual([true, true]);
});

test('the PID of a dead session now belongs to another process, which is never signalled', async () => {
  const dead = await scratch.start(['true']);
  await watchProcess(dead, { wallClockMs });
  await until('the wrapper to be gone', () => !isAlive(dead.pid));
  // A real reuse of a PID happens at a later clock tick, so this process must start at a later one too.
  const stranger = await until('a process of a later tick', async () => {
    const later = await scratch.start(['sleep', '60']);
    return later.startTicks > dead.startTicks ? later : null;
  });
  const reused = { ...dead, pid: stranger.pid };
  expect(await isProcessAlive(reused)).toBe(false);
  await expect(stopProcess(reused)).resolves.toMatchObject({ provedEmpty: true, wasAlive: false });
  expect(carriersOf(stranger)).toHaveLength(2);
});

test.each([-1, 1])(
  'a session whose handle has a start time that is off by %i tick is never signalled, and never reported as empty',
  async (off) => {
    const handle = await scratch.start(['sleep', '60']);
    await until('the program', () => carriersOf(handle).length === 2);
    const wrong = { ...handle, startTicks: handle.startTicks + off };
    const stop = stopProcess(wrong, { graceMs: 50, proofLimitMs: 50 });
    // Somebody holds the lock in the directory, so there is no proof; the process itself is not signalled.
    await expect(stop).rejects.toMatchObject({ code: 'SESSION_STOP_UNPROVEN', severity: 'critical' });
    expect(carriersOf(handle)).toHaveLength(2);
  },
);

test('a process about which nothing is certain is not signalled, and prevents the proof', async () => {
  // The leader is gone, the process has cleared its environment and closed the lock: only the group's ID is left.
  const handle = await scratch.shell('env -i /bin/sh -c "$1" 9>&- & wait', 'echo $$; exec /bin/sleep 60');
  const child = await printedPid(handle);
  for (const pid of carriersOf(handle)) process.kill(pid, 'SIGKILL');
  await until('the rest to be gone', () => carriersOf(handle).length === 0);
  // Until the dead leader is reaped, the group's ID certainly belongs to the session.
  await until('the leader to be reaped', () => readProcess(handle.pid) === null);
  expect(await isProcessAlive(handle)).toBe(true);
  const stop = stopProcess(handle, { graceMs: 20, proofLimitMs: 20 });
  await expect(stop).rejects.toMatchObject({
    code: 'SESSION_STOP_UNPROVEN',
    metadata: { suspects: [{ pid: child, command: 'sleep' }], isLockHeld: false },
  });
  expect(isAlive(child)).toBe(true);
  process.kill(child, 'SIGKILL');
});

test('fear: on a busy machine the time for the proof ends during a check, and nothing is checked after the KILL', async () => {
  const handle = await scratch.shell(stubborn);
  await printedPid(handle);
  // Ends everything that runs in a session, and proves it: no living process is in its group, none has its cookie, and
  // its lock is free. Only after that proof may another process enter the same worktree.
  const stop = stopProcess(handle, { graceMs: 0, proofLimitMs: 0 });
  await expect(stop).resolves.toMatchObject({ provedEmpty: true, wasKilled: true });
});

test('an aborted stop ends within 50 ms', async () => {
  const handle = await scratch.shell(stubborn);
  await printedPid(handle);
  const controller = new AbortController();
  const stop = stopProcess(handle, { graceMs: 60_000, signal: controller.signal });
  const settled = stop.catch((error: unknown) => ({ error, atMs: performance.now() }));
  const reason = new Error('shutting down');
  const abortedAtMs = performance.now();
  controller.abort(reason);
  const outcome = await settled;
  expect(outcome).toMatchObject({ error: reason });
  expect('atMs' in outcome ? outcome.atMs - abortedAtMs : Number.NaN).toBeLessThan(stopMsMax);
});
