import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { isProcessAlive } from '../../../sessions/survey.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { preparing } from '../../pipeline/preparing/preparing.ts';
import { claimedAgain } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import { verifying } from '../../pipeline/verifying/verifying.ts';
import { leftoversJob } from '../../reconcile/scratch-reconcile.fixture.ts';
import { CancelRequested } from '../../run/cancel.ts';
import { undoEffects } from '../../run/effects/undo-effects.ts';
import type { Work } from '../../run/work.ts';
import { checkPlan } from '../checks/project-checks.ts';
import { worktreePathOf } from '../worktree/worktree-path.ts';
import { asking, daemonProject, webDaemon } from './daemon-project.fixture.ts';
import { startDaemons } from './start-daemons.ts';

const shared = sharedDatabase();

const failureOf = (asked: Promise<unknown>) => asked.catch((cause: unknown) => cause);

const rowsOf = ({ database, order }: Work) => database.run((query) => sessionsOf(query, order.id));

/** The state of all sessions of a work order, from their rows and their processes. */
async function standingOf(work: Work) {
  const rows = await rowsOf(work);
  const alive: string[] = [];
  for (const { name, directory } of rows) {
    const handle = await findProcess(directory);
    if (handle && (await isProcessAlive(handle))) alive.push(name);
  }
  const effects = await work.database.query
    .selectFrom('effects')
    .select(['kind', 'state'])
    .where('workOrderId', '=', work.order.id)
    .where('kind', '=', 'session')
    .execute();
  return { rows, alive, open: effects.filter(({ state }) => state !== 'undone').length };
}

const stateOf = (rows: Awaited<ReturnType<typeof rowsOf>>, name: string) =>
  rows.filter((row) => row.name === name).map(({ state, endReason }) => `${state} ${endReason}`);

async function expectNothingLeft(work: Work): Promise<void> {
  const { alive, open, rows } = await standingOf(work);
  expect(alive).toEqual([]);
  expect(open).toBe(0);
  expect(rows.filter(({ state }) => state === 'running' || state === 'intended')).toEqual([]);
}

test('R-PROJ-4: a check reaches the service of its worktree, and nothing of the service is left afterwards', async () => {
  const { work } = await daemonProject(shared(), 'verifying', { change: { 'made.txt': 'by the change' } });
  const end = await verifying(work);
  expect(end).toMatchObject({ end: 'done', result: { isVerified: true } });
  const result = end.end === 'done' ? end.result : undefined;
  expect(result?.checks[0]?.outputTail).toContain('by the change');
  const { rows } = await standingOf(work);
  const service = rows.find(({ name }) => name === 'web');
  expect(service).toMatchObject({ purpose: 'service', state: 'stopped', endReason: 'released' });
  expect(service?.readyAt).not.toBeNull();
  // The service has its own network, so nobody outside can open this address, except through Moose.
  expect(service).toMatchObject({
    egress: 'none',
    previewUrl: expect.stringMatching(/^http:\/\/localhost:2\d{4}\/$/),
  });
  await expectNothingLeft(work);
});

test('R-PROJ-4: without isolation, a check reaches the service too', async () => {
  const { work } = await daemonProject(shared(), 'verifying', { settings: { isolation: 'off' } });
  expect(await verifying(work)).toMatchObject({ end: 'done', result: { isVerified: true } });
  const { rows } = await standingOf(work);
  expect(rows.find(({ name }) => name === 'web')?.previewUrl).toMatch(/^http:\/\/localhost:2\d{4}\/$/);
  await expectNothingLeft(work);
});

test('R-PROJ-4: an agent that applies proposals reaches the service, and so do its commands', async () => {
  const agent = scriptedAgent(`${asking} > made.txt; echo says success`);
  const { work } = await daemonProject(shared(), 'applying', { agents: [agent] });
  expect(await applying(work)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  await expectNothingLeft(work);
});

test('R-PROJ-4: an agent that writes code reaches the service, and its leftover files do not stop it', async () => {
  const agent = scriptedAgent(`${asking} > made.txt; echo says success`, { writesCode: true });
  const { work } = await daemonProject(shared(), 'applying', { agents: [agent] });
  expect(await applying(work)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  await expectNothingLeft(work);
});

test.each([
  [
    'it ends',
    'echo no database; exit 4',
    '{ port: 0 }',
    'ended with exit code 4 before it was ready (no database)',
  ],
  ['its port stays closed', 'exec sleep 60', '{ port: 0 }', 'was not ready within 1 s: its port is not open'],
  ['its command fails', 'exec sleep 60', '{ command: "false" }', '`false` does not succeed'],
  ['it is empty', 'echo hello; exec sleep 60', '{ log: up }', 'its output does not have "up"'],
  ['it does not answer', 'exec sleep 60', '{ url: "http://localhost:$MOOSE_PORT_BASE/" }', 'does not answer'],
])(
  'R-PROJ-7: a service that does not start is reported before a model is paid: %s',
  async (_, command, ready, said) => {
    const services = `  db: { command: ${JSON.stringify(command)}, ready: ${ready}, timeout: ${command.includes('exit') ? 60 : 1}s }\n`;
    const { work } = await daemonProject(shared(), 'preparing', { services });
    const failure = await failureOf(preparing(work));
    expect(failure).toMatchObject({
      code: 'SERVICE_NOT_READY',
      category: 'configuration',
      message: expect.stringContaining(said),
      advice: expect.stringContaining('--from preparing'),
    });
    await expectNothingLeft(work);
  },
);

test.each([
  ['a text', '{ log: "listening on" }'],
  ['a command', `{ command: ${JSON.stringify(asking)} }`],
  ['a URL', '{ url: "http://127.0.0.1:$MOOSE_PORT_BASE/" }'],
])('R-PROJ-4: a service is ready as soon as %s shows it', async (_, ready) => {
  const services = webDaemon.replace('{ port: 0 }', ready);
  const { work } = await daemonProject(shared(), 'preparing', { services });
  expect(await preparing(work)).toMatchObject({ end: 'done' });
  await expectNothingLeft(work);
});

test('R-PROJ-4: a service starts only when what it needs is ready', async () => {
  const services = `${webDaemon}  after: { command: '${asking} && exec sleep 60', ready: { log: nothing }, needs: [web] }\n`;
  const { work } = await daemonProject(shared(), 'preparing', { services });
  expect(await preparing(work)).toMatchObject({ end: 'done' });
});

test('fear: a service that ends during a check is blamed on the change', async () => {
  const { work } = await daemonProject(shared(), 'verifying', { check: `${asking} /end` });
  expect(await failureOf(verifying(work))).toMatchObject({ code: 'SERVICE_DIED', category: 'transient' });
  await expectNothingLeft(work);
});

test('R-PROJ-4: a service that ended is restarted once, and the next check reaches it', async () => {
  const check = `${asking} /end || true; for i in $(seq 60); do ${asking} && exit 0; sleep 0.5; done; exit 1`;
  const { work } = await daemonProject(shared(), 'verifying', { check });
  expect(await verifying(work)).toMatchObject({ end: 'done', result: { isVerified: true } });
  expect(stateOf(await rowsOf(work), 'web')).toEqual(['exited null', 'stopped released']);
  await expectNothingLeft(work);
});

test.each(['service:before-start', 'service:started', 'service:ready', 'check:started', 'check:ended'])(
  'fear: if Moose dies at %s, there is a second service, or an orphan',
  async (diesAt) => {
    const { work } = await daemonProject(shared(), 'verifying', { diesAt });
    await expect(verifying(work)).rejects.toThrow('Moose died');
    const next = await claimedAgain(work);
    expect(await verifying(next)).toMatchObject({ end: 'done', result: { isVerified: true } });
    const { rows } = await standingOf(next);
    expect(rows.filter(({ name }) => name === 'web')).toHaveLength(1);
    await expectNothingLeft(next);
  },
);

test('R-PIPE-11: a cancelled work order ends its services with proof', async () => {
  const cancel = new AbortController();
  const { work } = await daemonProject(shared(), 'verifying', { check: 'touch ran; exec sleep 60' });
  const reached: Work['reached'] = (point) => {
    if (point === 'check:started') cancel.abort(new CancelRequested());
  };
  const signal = AbortSignal.any([work.signal, cancel.signal]);
  await expect(verifying({ ...work, signal, reached })).rejects.toThrow('cancelled');
  // A check that is just being started ends with everything else that is recorded for the run.
  await undoEffects(work, ['session']);
  const { rows } = await standingOf(work);
  expect(stateOf(rows, 'web')).toEqual(['stopped cancelled']);
  await expectNothingLeft(work);
});

test('fear: two worktrees of a project use the same port at the same time', async () => {
  const settings = { isolation: 'off' } as const;
  const one = await daemonProject(shared(), 'verifying', { settings, change: { 'made.txt': 'one' } });
  const { repository, work } = one;
  const beside = { repository, dataDirectory: work.settings.dataDirectory, branch: 'moose/cd34-other' };
  const two = await daemonProject(shared(), 'verifying', { settings, beside, change: { 'made.txt': 'two' } });
  const ends = await Promise.all([verifying(one.work), verifying(two.work)]);
  for (const [index, said] of ['one', 'two'].entries())
    expect(ends[index]).toMatchObject({
      result: { checks: [{ outputTail: expect.stringContaining(said) }] },
    });
  const urls = (await Promise.all([rowsOf(one.work), rowsOf(two.work)])).map(
    (rows) => rows.find(({ name }) => name === 'web')?.previewUrl,
  );
  expect(new Set(urls).size).toBe(2);
});

test("R-PROJ-4: on the machine's network, a port that is in use is reported, and nothing starts", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as { port: number };
  const services = `  web: { command: exec sleep 60, ready: { port: ${port} } }\n`;
  const { work } = await daemonProject(shared(), 'preparing', {
    services,
    settings: { checkNetwork: 'all', egress: 'open' },
  });
  expect(await failureOf(preparing(work))).toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringContaining(`port ${port} is already in use`),
  });
  expect((await rowsOf(work)).map(({ name }) => name)).toEqual([]);
});

test('R-SEC-5: a hostile service sees no processes and no state of others, like a check', async () => {
  const look = [
    'ls /proc | grep -c "^[0-9]" > seen.txt',
    'find "$HOME/../../../sessions" -name "*.log" -o -name handle.json >> seen.txt',
    'cat /proc/[0-9]*/environ | tr "\\0" "\\n" | grep MOOSE_TEST_WORD >> seen.txt',
    'kill -9 -1',
    'echo attacked >> seen.txt; exec sleep 60',
  ].join('; ');
  const services = `  spy: { command: ${JSON.stringify(look)}, ready: { command: "grep -q attacked seen.txt" } }\n`;
  const { work, worktreePath } = await daemonProject(shared(), 'verifying', {
    services,
    check: 'cp seen.txt kept.txt',
    files: { '.gitignore': 'kept.txt\nseen.txt\n' },
  });
  const stranger = spawn('sleep', ['60'], { env: { ...process.env, MOOSE_TEST_WORD: 'secret' } });
  onTestFinished(() => void stranger.kill());
  expect(await verifying(work)).toMatchObject({ end: 'done', result: { isVerified: true } });
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  const { rows } = await standingOf(work);
  if (rows.some(({ isolation }) => isolation !== 'files')) return;
  const [processes, ...seen] = readFileSync(`${worktreePath}/kept.txt`, 'utf8').trim().split('\n');
  expect(Number(processes)).toBeLessThan(10);
  expect(seen).toEqual(['attacked']);
});

/** Fails if the server's answer shows the broken change. */
const judging = `${asking} > said.txt; ! grep -q broken said.txt`;

test('R-PROJ-6: a check on the base uses the services of the base, not those of the change', async () => {
  const fails = await daemonProject(shared(), 'verifying', {
    check: judging,
    change: { 'made.txt': 'broken' },
    files: { '.gitignore': 'said.txt\n' },
  });
  expect(await verifying(fails.work)).toMatchObject({ end: 'refine', failure: { code: 'CHECK_FAILED' } });
  await expectNothingLeft(fails.work);
  const before = await daemonProject(shared(), 'verifying', {
    check: judging,
    files: { '.gitignore': 'said.txt\n', 'made.txt': 'broken' },
    change: { 'other.txt': 'x' },
  });
  expect(await verifying(before.work)).toMatchObject({ end: 'done' });
  expect((await rowsOf(before.work)).map(({ name }) => name)).toContain('base web');
  await expectNothingLeft(before.work);
});

test('R-SES-1: another machine that takes the work over starts its own service, and the lost one is cleaned up on its machine', async () => {
  const { work } = await daemonProject(shared(), 'verifying', { diesAt: 'service:ready' });
  await expect(verifying(work)).rejects.toThrow('Moose died');
  const { host } = work.settings;
  const next = await claimedAgain(work, { settings: { ...work.settings, host: `${host}-other` } });
  expect(await verifying(next)).toMatchObject({ end: 'done', result: { isVerified: true } });
  const left = (await rowsOf(work)).filter(({ unreachableSince }) => unreachableSince !== null);
  expect(
    left.filter(({ purpose }) => purpose === 'service').map((row) => `${row.name} ${row.state}`),
  ).toContain('web running');
  const { database, clock, settings, machine } = work;
  const job = leftoversJob({ database, clock, host, machine, dataDirectory: settings.dataDirectory });
  await job.run(new AbortController().signal);
  await expectNothingLeft(next);
});

test('fear: a Moose that was frozen stops the services of the one that took over', async () => {
  const { work } = await daemonProject(shared(), 'verifying');
  const { services, environment } = await checkPlan(work, work.order.baseSha ?? '');
  const plan = { services, environment, network: 'none' } as const;
  const worktreePath = (await worktreePathOf(work)) ?? '';
  const ask = { plan, worktreePath, step: 'verifying' } as const;
  const frozen = await startDaemons(work, ask);
  const next = await claimedAgain(work);
  const adopted = await startDaemons(next, ask);
  await expect(frozen.stop()).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect((await standingOf(next)).alive).toContain('web');
  expect(await adopted.failure()).toBeNull();
  await adopted.stop();
  expect((await standingOf(next)).alive).toEqual([]);
});
