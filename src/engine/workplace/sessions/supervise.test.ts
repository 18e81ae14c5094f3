// How a new Moose handles a session whose files were damaged or deleted while no Moose was running.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import { carriersOf } from '../../../sessions/scratch-sessions.fixture.ts';
import { stopProcess } from '../../../sessions/stop-process.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import { toJson } from '../../../store/storable.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { type SessionRow, sessionsOf, updateSession } from '../../../store/work/sessions/session-rows.ts';
import type { Work } from '../../run/work.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { sessionAttempt } from './recorded-session.ts';
import { supervise } from './supervise.ts';

const shared = sharedDatabase();

const check = (cwd: string, script: string) => ({
  ...({ purpose: 'check', name: '1-test', attempt: 1, cwd, network: 'none', wallClockMs: 60_000 } as const),
  prepare: async () => ({
    argv: ['sh', '-c', `: > begun; ${script}`] as [string, ...string[]],
    env: { PATH: process.env.PATH ?? '' },
  }),
});

interface Left {
  work: Work;
  session: SessionRow;
  handle: ProcessHandle;
  script: string;
  cwd: string;
}

/** A running check that an earlier Moose started and left behind, with its row. */
async function leftRunning(script: string): Promise<Left> {
  const cwd = scratchDirectory();
  const died = new AbortController();
  const given = { step: 'verifying', dataDirectory: cwd, signal: died.signal } as const;
  const settings = { silenceMsMax: 60_000, stopGraceMs: 1_000 };
  const scratch = await scratchWork(shared(), given);
  const work = { ...scratch, settings: { ...scratch.settings, ...settings } };
  const watching = supervise(work, check(cwd, script)).catch((cause: unknown) => cause);
  const session = await until('a running session', async () =>
    (await sessionsOf(work.database.query, work.order.id)).find(({ state }) => state === 'running'),
  );
  await until('its begin', () => existsSync(join(cwd, 'begun')));
  died.abort(new DOMException('Moose died', 'AbortError'));
  await watching;
  const handle = session.handle as unknown as ProcessHandle;
  onTestFinished(async () => {
    await stopProcess(handle, { graceMs: 0 });
  });
  return { work: { ...work, signal: new AbortController().signal }, session, handle, script, cwd };
}

const again = ({ work, cwd, script }: Left) => supervise(work, check(cwd, script));

const rowOf = async ({ work }: Left) => (await sessionsOf(work.database.query, work.order.id))[0];

const effectOf = async ({ work, session }: Left) =>
  (await effectsOf(work.database.query, work.order.id)).find(({ key }) => key === `session:${session.id}`)
    ?.state;

test('R-SES-3, R-SES-7: if the directory of a running check is deleted, the check is stopped, not started a second time, and Moose compares this machine with its rows', async () => {
  const left = await leftRunning('echo start >> starts; sleep 30');
  const starts = () => readFile(join(left.cwd, 'starts'), 'utf8');
  await until('its start', () => starts().catch(() => ''));
  await rm(left.session.directory, { recursive: true });
  const rung: string[] = [];
  const work = { ...left.work, mayDiffer: (where: string) => void rung.push(where) };
  const { end } = await again({ ...left, work });
  expect(end.reason).toBe('left_behind');
  expect(rung).toEqual(['here']);
  expect(carriersOf(left.handle)).toEqual([]);
  expect(await starts()).toBe('start\n');
  expect(await rowOf(left)).toMatchObject({ state: 'lost', endReason: 'left_behind' });
  expect(await effectOf(left)).toBe('undone');
});

test('R-SES-2: a damaged handle is read from the database: the process is adopted, and its end is known', async () => {
  const left = await leftRunning('while [ ! -e go ]; do sleep 0.02; done; exit 7');
  await writeFile(join(left.session.directory, 'handle.json'), '{"dir');
  const adopted = again(left);
  const { directory } = left.session;
  await until('its handle', () => findProcess(directory).catch(() => null));
  await writeFile(join(left.cwd, 'go'), '');
  expect((await adopted).end).toMatchObject({ exitCode: 7, reason: null });
  expect(await rowOf(left)).toMatchObject({ state: 'exited', exitCode: 7 });
});

test('R-SES-1: if a handle was damaged before it was stored, a session without a process counts as ended', async () => {
  const left = await leftRunning('exit 0');
  await until('its end', () => carriersOf(left.handle).length === 0);
  await updateSession(left.work.database.query, left.session.id, { state: 'intended', handle: null });
  await writeFile(join(left.session.directory, 'handle.json'), '');
  expect((await again(left)).end.reason).toBe('left_behind');
  expect(await rowOf(left)).toMatchObject({ state: 'lost' });
  expect(await effectOf(left)).toBe('undone');
});

test('R-SES-3: if that session still runs, nothing is started, and a retry answers the question', async () => {
  const left = await leftRunning('sleep 30');
  await updateSession(left.work.database.query, left.session.id, { state: 'intended', handle: null });
  await writeFile(join(left.session.directory, 'handle.json'), '');
  await expect(again(left)).rejects.toMatchObject({ code: 'SESSION_HANDLE_UNREADABLE' });
  expect(carriersOf(left.handle)).not.toEqual([]);
});

test('a directory in place of the exit file is ignored: the process counts as left behind, which is not a bug of Moose', async () => {
  const left = await leftRunning('sleep 30');
  await mkdir(join(left.session.directory, 'exit.json'));
  await stopProcess(left.handle, { graceMs: 0 });
  expect((await again(left)).end.reason).toBe('left_behind');
  expect(await rowOf(left)).toMatchObject({ state: 'lost' });
});

/** A check that this Moose has started and watches. */
async function watchedFromItsStart(script: string) {
  const cwd = scratchDirectory();
  const [stop, drains] = [new AbortController(), new AbortController()];
  const given = { step: 'verifying', dataDirectory: cwd, signal: stop.signal } as const;
  const scratch = await scratchWork(shared(), given);
  const settings = { ...scratch.settings, silenceMsMax: 60_000, stopGraceMs: 1_000 };
  const work = { ...scratch, settings, drains: drains.signal };
  const asked = check(cwd, `while [ ! -e go ]; do sleep 0.02; done; ${script}`);
  const watching = supervise(work, asked).catch((cause: unknown) => cause);
  const rowOfIt = async () => (await sessionsOf(work.database.query, work.order.id))[0];
  const session = await until('a running session', async () => {
    const row = await rowOfIt();
    return row?.state === 'running' ? row : undefined;
  });
  const handle = session.handle as unknown as ProcessHandle;
  const end = async (how: 'killed' | 'by itself') => {
    if (how === 'killed') process.kill(-handle.pid, 'SIGKILL');
    else await writeFile(join(cwd, 'go'), '');
    await until('its end', () => carriersOf(handle).length === 0);
  };
  const next = () => supervise({ ...work, signal: new AbortController().signal }, asked);
  return { watching, stop, drains, end, rowOfIt, next };
}

test.each<[string, 'killed' | 'by itself', string]>([
  ['without an exit file', 'killed', 'sleep 30'],
  ['by a signal', 'by itself', 'kill -TERM $$; sleep 30'],
  ['with the exit code of a signal', 'by itself', 'exit 143'],
])(
  'R-GO-1: fear: what a container ended %s, just before it stopped Moose, is charged to the work',
  async (_, how, script) => {
    const { watching, stop, end, rowOfIt, next } = await watchedFromItsStart(script);
    await end(how);
    const early = await Promise.race([watching, sleep(1_000).then(() => 'still waits')]);
    expect(early).toBe('still waits');
    const reason = new DOMException('Moose is stopping', 'AbortError');
    stop.abort(reason);
    expect(await watching).toBe(reason);
    expect(await rowOfIt()).toMatchObject({ state: 'running' });
    expect((await next()).end.reason).toBe('left_behind');
  },
);

test('R-GO-1: a process that takes no new work was stopped with its sessions; one that goes on says how they ended', async () => {
  const drained = await watchedFromItsStart('exit 143');
  await drained.end('by itself');
  drained.drains.abort();
  expect(await drained.watching).toMatchObject({ end: { exitCode: null, reason: 'left_behind' } });
  const own = await watchedFromItsStart('exit 143');
  await own.end('by itself');
  expect(await own.watching).toMatchObject({ end: { exitCode: 143, reason: null } });
});

test('R-SES-3: fear: the end of a session was not proven, and the next attempt starts beside it in its worktree', async () => {
  const left = await leftRunning('sleep 30');
  const script = 'echo alone';
  const next = { ...check(left.cwd, script), attempt: 2 };
  let carriers: number[] | undefined;
  const { end } = await supervise(left.work, {
    ...next,
    prepare: async () => {
      carriers = carriersOf(left.handle);
      return next.prepare();
    },
  });
  expect(end).toMatchObject({ exitCode: 0, reason: null });
  expect(carriers).toEqual([]);
  expect(await rowOf(left)).toMatchObject({ state: 'stopped', endReason: 'superseded' });
  expect(await effectOf(left)).toBe('undone');
});

test('R-PIPE-6: fear: a check has passed before the power failed, and its files, which nobody had flushed, are gone', async () => {
  const left = await leftRunning('exit 0');
  expect((await again(left)).end).toMatchObject({ exitCode: 0, reason: null });
  const handle = toJson({ ...left.handle, bootId: '00000000-0000-0000-0000-000000000000' });
  await left.work.database.query
    .updateTable('sessions')
    .set({ handle })
    .where('id', '=', left.session.id)
    .execute();
  expect((await again(left)).end).toMatchObject({ exitCode: null, reason: 'left_behind' });
  const next = { ...left.work, run: { ...left.work.run, stepAttempt: 1 } };
  const named = { purpose: 'check', name: '1-test' } as const;
  expect(await sessionAttempt(next, named, async () => true)).toBe(2);
});

test('R-SES-1: notes of a session that a power failure has emptied are as good as none', async () => {
  const left = await leftRunning('exit 0');
  await until('its end', () => existsSync(join(left.session.directory, 'exit.json')));
  for (const name of [
    'git-content.json',
    'git-settings.json',
    'worktree',
    'mounts',
    'used.json',
    'exit.json',
  ])
    await writeFile(join(left.session.directory, name), '');
  expect((await again(left)).end.reason).toBe('left_behind');
});
