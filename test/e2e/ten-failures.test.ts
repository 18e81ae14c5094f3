// The ten failures of the contract (R-CHA-2), each tested under its name with a real database and real processes.
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../src/sessions/scratch-sessions.fixture.ts';
import { openDatabase } from '../../src/store/database.ts';
import { addMetadata, changeWorkOrder, eventsOf } from '../../src/store/work/work-orders/work-orders.ts';
import { writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { branches } from './repository.fixture.ts';
import * as ten from './ten-failures.fixture.ts';

const cents = (count: number) => BigInt(count) * 10_000_000n;
/** On a busy machine, a process is started and a step is done within this time. */
const soon = { timeout: 60_000 };

test.each([
  ['outcome_vectors', 'insert', 'true'],
  ['cost_tracking', 'update', "new.type = 'reservation' and new.status <> 'held'"],
  ['work_orders', 'update', "new.status = 'completed'"],
] as const)('R-CHA-2.1: outcome write failure escalates: %s', async (...write) => {
  const ground = await ten.aGround();
  const { database, moose } = ground.opened;
  const mend = await ten.tamperWith(database, write, "raise exception 'this table takes nothing'");
  const { id } = await ground.submit();
  expect(await ground.settled(id)).toMatchObject({
    status: 'needs_review',
    step: 'tracking',
    step_state: 'manual_intervention_required',
    failure: { code: 'DATABASE_REFUSED', message: 'this table takes nothing' },
    escalation: {
      title: 'this table takes nothing',
      recommended: 'retry',
      context: { step: 'tracking', evidence: { sqlstate: 'P0001' }, advice: expect.stringMatching(/\w/) },
    },
  });
  // Nothing was written halfway: there is no success, no result of the step, and one pull request.
  const { steps, errors } = await moose.show(id);
  expect(steps.map(({ step }) => step)).not.toContain('tracking');
  expect(await ten.outcomes(database)).toEqual(write[0] === 'outcome_vectors' ? [] : [{ success: false }]);
  expect(errors.map(({ code, step }) => `${step} ${code}`)).toEqual(
    Array(write[0] === 'work_orders' ? 1 : 2).fill('tracking DATABASE_REFUSED'),
  );
  await mend();
  await moose.retry(id, {});
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', failure: null, escalation: null });
  expect((await ten.outcomes(database)).filter(({ success }) => success)).toHaveLength(1);
  expect(await leftovers(database, ground.config.dataDirectory)).toEqual(nothing);
});

test('R-CHA-2.1: a temporary outcome write failure is waited out, and the outcome is written once', async () => {
  const ground = await ten.aGround();
  const { database, errorLog } = ground.opened;
  const thrice = ['outcome_vectors', 'insert', "nextval('tampered') <= 3"] as const;
  await ten.tamperWith(database, thrice, 'perform pg_terminate_backend(pg_backend_pid())');
  const { id } = await ground.submit();
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', escalation: null });
  expect(await ten.outcomes(database)).toEqual([{ success: true }]);
  await errorLog.flush();
  const away = { step: 'tracking', workOrderId: id, recoverySuccess: true };
  expect(await ten.errorsOf(database, 'DATABASE_AWAY')).toMatchObject([away, away, away]);
  expect(await leftovers(database, ground.config.dataDirectory)).toEqual(nothing);
});

test('R-CHA-2.2: a budget race admits one of two', async () => {
  const ground = await ten.aGround({}, false);
  const { moose, database } = ground.opened;
  // An envelope is ten cents, so only one fits.
  await moose.limits({ dailyNanoUsd: cents(15) });
  const gate = Promise.withResolvers<void>();
  const answer = () => gate.promise.then(() => writes('a.txt', 'a\n'));
  const ids = [(await ground.submit({ answer })).id, (await ground.submit({ answer })).id];
  const atOnce = { MOOSE_RUNS_MAX: '1' };
  await database.transaction(async (query) => {
    await sql`lock table budget_windows in share row exclusive mode`.execute(query);
    await Promise.all([ten.aProcess(ground, atOnce), ten.aProcess(ground, atOnce)]);
    // Each process runs one of them. Both wait for the window's lock, and continue at the same moment.
    await expect.poll(() => ten.waitingFor(database, 'check_and_reserve_budget'), soon).toBe(2);
  });
  // The other waits for the day's limit, with its worktree.
  const asked = async () => (await moose.escalations.list()).map(({ group_key }) => group_key);
  await expect.poll(asked, soon).toEqual(['money:day']);
  const statuses = async () => (await moose.list({ limit: 2 })).map(({ status }) => status);
  expect(await statuses()).toEqual(['in_progress', 'in_progress']);
  const usedToday = async () => (await moose.limits())[0]?.usedNanoUsd;
  expect(await usedToday()).toBe(cents(10));
  gate.resolve();
  // It has its turn when the first has given back what it did not spend (R-GO-5).
  const details = await Promise.all(ids.map((id) => ground.settled(id)));
  for (const detail of details) expect(detail).toMatchObject({ status: 'completed', failure: null });
  expect(await usedToday()).toBeLessThanOrEqual(cents(15));
});

test('R-CHA-2.3: concurrent metadata updates both persist', async () => {
  const ground = await ten.aGround({}, false);
  const { moose, database } = ground.opened;
  const { id } = await moose.find((await ground.submit()).id);
  const [one, other] = [database, database].map(({ url }) => openDatabase(url, { connectionsMax: 1 }));
  onTestFinished(() => Promise.all([one?.close(), other?.close()]).then(() => undefined));
  const expected: Record<string, number> = {};
  for (let round = 1; round <= 40; round++) {
    const patches = [{ [`one ${round}`]: round }, { [`other ${round}`]: round }] as const;
    Object.assign(expected, ...patches);
    const both = await database.transaction(async (query) => {
      await sql`select 1 from work_orders where id = ${id} for update`.execute(query);
      const added = [one, other].map((each, n) => each?.run((q) => addMetadata(q, id, patches[n] ?? {})));
      // Both have begun, and neither has written anything.
      await expect.poll(() => ten.waitingFor(database, 'work_orders'), { interval: 2 }).toBe(2);
      return added;
    });
    expect(await Promise.all(both)).toEqual([true, true]);
  }
  expect((await moose.find(id)).metadata).toEqual(expected);
});

test('R-CHA-2.4: malformed model JSON', async () => {
  const ground = await ten.aGround();
  const { moose } = ground.opened;
  const cut = { raw: '{"plan": "Write it.", "edits": [{"kind": "write", "path": "a.txt", "cont' };
  let calls = 0;
  const once = await ground.submit({
    answer: () => {
      calls += 1;
      return calls === 1 ? cut : writes('a.txt', 'a\n');
    },
  });
  // It failed once, so the next model was called.
  const mended = await ground.settled(once.id);
  expect(mended).toMatchObject({ status: 'completed', counters: { model_calls: 2 } });
  expect(mended.errors.map(({ code }) => code)).toEqual(['MODEL_ANSWER_MALFORMED']);
  const always = await ground.submit({ answer: () => cut });
  const detail = await ground.settled(always.id);
  // It fails every time: the calls are billed, the answers are not used, and a person is asked.
  expect(detail).toMatchObject({
    status: 'failed',
    step: 'generating',
    failure: { code: 'MODEL_ANSWER_MALFORMED' },
    escalation: { title: detail.failure?.message, context: { code: 'MODEL_ANSWER_MALFORMED' } },
  });
  expect(await branches(always.repositoryPath)).toEqual(['main']);
  const billed = detail.costs.filter(({ type }) => type === 'actual');
  expect(billed.filter(({ status, actual_usd: usd }) => status === 'settled' && usd)).toHaveLength(3);
  ground.answer(always.title, () => writes('a.txt', 'a\n'));
  await moose.retry(always.id, {});
  expect(await ground.settled(always.id)).toMatchObject({ status: 'completed', escalation: null });
});

test('R-CHA-2.5: database connection failure', async () => {
  const { server, moose, database, provider, submit, orders, kept, answer } =
    await ten.aMooseOnItsOwnServer();
  for (const title of ['one', 'two', 'three']) await submit(title);
  await expect.poll(() => provider.calls().length, soon).toBe(3);
  await server.stop();
  // The answers arrive and are paid for, but cannot be stored. Meanwhile, each failure is kept outside the database.
  answer();
  const keptFor = async () => {
    const lines = (await kept()).split('\n').filter((line) => line.includes('DATABASE_AWAY'));
    return new Set(lines.map((line) => /"workOrderId":"([^"]+)"/.exec(line)?.[1]).filter(Boolean)).size;
  };
  await expect.poll(keptFor, soon).toBe(3);
  await server.start();
  const done = { status: 'completed', modelCalls: 1, failure: null };
  await expect.poll(orders).toMatchObject([done, done, done]);
  const errors = () => ten.errorsOf(database, 'DATABASE_AWAY');
  const concerned = async () =>
    new Set((await errors()).map(({ workOrderId }) => workOrderId).filter(Boolean));
  await expect.poll(async () => (await concerned()).size, soon).toBe(3);
  await expect
    .poll(async () => (await errors()).every(({ recoverySuccess }) => recoverySuccess), soon)
    .toBe(true);
  expect(await kept()).toBe('');
  // It was the same process the whole time.
  expect(isAlive(moose.pid)).toBe(true);
});

test('R-CHA-2.6: webhook before pull request number', async () => {
  const ground = await ten.aGround({}, false);
  const { moose, database } = ground.opened;
  const up = await ten.aProcess(ground, {}, 'up');
  const gate = join(ground.shared, 'gate');
  const command = `until test -e '${gate}'; do sleep 0.1; done`;
  const { id } = await ground.submit({ checks: [{ kind: 'test', command, source: 'given' }] });
  const sha = () => moose.show(id).then(({ steps }) => steps.find(({ step }) => step === 'applying')?.result);
  await expect.poll(sha, soon).toMatchObject({ headSha: expect.any(String) });
  const { headSha } = (await sha()) as { headSha: string };
  const body = ten.greenCheck((await moose.find(id)).branch ?? '', headSha, 1);
  expect(await ten.sendWebhook(up, body, ten.signatureOf(body))).toEqual({ status: 202, state: 'waiting' });
  // If it is sent again, it is recognised, and only one delivery waits.
  expect(await ten.sendWebhook(up, body, ten.signatureOf(body))).toEqual({ status: 200, state: 'duplicate' });
  const delivery = () => database.query.selectFrom('webhookDeliveries').selectAll().executeTakeFirst();
  await expect.poll(async () => (await delivery())?.retryCount, soon).toBeGreaterThanOrEqual(1);
  const because = expect.stringMatching(/^No pull request for .* is recorded yet/);
  expect(await delivery()).toMatchObject({ state: 'waiting', workOrderId: null, failure: because });
  await writeFile(gate, '');
  await expect.poll(async () => (await delivery())?.state, soon).toBe('done');
  expect(await delivery()).toMatchObject({ workOrderId: id });
  // It says where to look, and is not itself a fact.
  const kinds = (await moose.workOrders.events(id, { limit: 1_000 })).items.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind.startsWith('ci.'))).toEqual([]);
});

test('R-CHA-2.7: illegal state transition', async () => {
  const ground = await ten.aGround();
  const { moose, database } = ground.opened;
  const { id: given } = await ground.submit();
  expect(await ground.settled(given)).toMatchObject({ status: 'completed' });
  const { id } = await moose.find(given);
  // The line that explains it is left out: it says how long ago the work order completed.
  const everything = async () => {
    const { explain: _, ...detail } = await moose.show(given);
    return [await moose.find(given), detail, await eventsOf(database.query, id)];
  };
  // What follows a completed work order, such as the removal of its worktree, is recorded a moment later.
  let before = await everything();
  await expect
    .poll(
      async () => {
        const earlier = before;
        before = await everything();
        return isDeepStrictEqual(earlier, before);
      },
      { interval: 1_000 },
    )
    .toBe(true);
  const words = expect.stringMatching(/^Invalid state transition: status completed → in_progress/);
  const refused = { code: 'INVALID_STATE_TRANSITION', message: words };
  // The code refuses it, for a person as for Moose itself.
  await expect(moose.retry(given, {})).rejects.toMatchObject(refused);
  // The database refuses it, whoever writes.
  const change = { status: 'in_progress', changedBy: 'moose:1', changedBecause: 'x' } as const;
  const written = database.transaction((query) => changeWorkOrder(query, id, {}, change));
  await expect(written).rejects.toMatchObject(refused);
  const byHand = sql`update work_orders set status = 'in_progress' where id = ${id}`.execute(database.query);
  await expect(byHand).rejects.toMatchObject({ code: 'MS001', message: words });
  expect(await everything()).toEqual(before);
});

test.each([
  ['exits with 3', 'echo half >half.txt; echo "no moon" >&2; exit 3', 0o755, 'AGENT_CRASHED'],
  ['is killed', 'echo half >half.txt; kill -KILL $$', 0o755, 'AGENT_CRASHED'],
  ['may not be executed', 'exit 0', 0o644, 'AGENT_PROGRAM_MISSING'],
  ['is no program at all', null, 0o755, 'AGENT_PROGRAM_MISSING'],
])('R-CHA-2.8: agent program fails: it %s', async (how, script, mode, code) => {
  const ground = await ten.aGround();
  const { moose, database } = ground.opened;
  const { id } = await ground.submit({ agent: 'claude-code', needsApproval: true });
  await ten.installAgent(ground, script, mode);
  await moose.approve(id);
  const [detail, hasRun] = [await ground.settled(id), code === 'AGENT_CRASHED'];
  expect(detail).toMatchObject({
    status: hasRun ? 'needs_review' : 'failed',
    step: 'applying',
    failure: { code },
    escalation: { context: { code, step: 'applying', advice: expect.stringMatching(/\w/) } },
  });
  // R-GO-2: one fresh attempt, then another model. A program that cannot be started is not retried.
  expect(detail.errors.map((error) => `${error.code} ${error.recovery_strategy}`)).toEqual(
    (hasRun ? ['retry', 'fall_back', 'escalate'] : ['escalate']).map((strategy) => `${code} ${strategy}`),
  );
  expect(detail.sessions.map(({ exit_code: exitCode, signal }) => signal ?? exitCode)).toEqual(
    { 'exits with 3': [3, 3, 3], 'is killed': ['SIGKILL', 'SIGKILL', 'SIGKILL'] }[how] ?? [],
  );
  await moose.retry(id, { from: 'generating', agent: 'patch' });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', failure: null, escalation: null });
  expect((await moose.workOrders.diff(id)).patch).not.toContain('half');
  expect(await leftovers(database, ground.config.dataDirectory)).toEqual(nothing);
});

test('R-CHA-2.9: bad webhook signature is 401', async () => {
  const ground = await ten.aGround({}, false);
  const { database } = ground.opened;
  const up = await ten.aProcess(ground, {}, 'up');
  const body = ten.greenCheck('moose/1a2b3c4d-mend', 'a'.repeat(40), 1);
  const good = ten.signatureOf(body);
  const before = await ten.sumsOfTables(database);
  const otherKinds = [
    null,
    '',
    'sha256=',
    good.slice(0, -1),
    ten.signatureOf(body, ten.githubSecret, 'sha1'),
  ];
  for (const bad of [ten.signatureOf(body, 'guessed'), ten.signatureOf(`${body} `), ...otherKinds])
    expect(await ten.sendWebhook(up, body, bad)).toEqual({ status: 401, code: 'SIGNATURE_INVALID' });
  expect(await ten.sumsOfTables(database)).toEqual(before);
  expect(await ten.sendWebhook(up, body, good)).toEqual({ status: 202, state: 'waiting' });
  expect(await ten.sumsOfTables(database)).not.toEqual(before);
});

test('R-CHA-2.10: a work order stuck for over 24 h is found and escalated', async () => {
  const ground = await ten.aGround({}, false);
  const { moose, database } = ground.opened;
  await ten.aProcess(ground);
  const hanging = { agent: 'claude-code', description: 'Behave: hang', timeLimitMs: 600_000 };
  const { id } = await ground.submit(hanging);
  const running = async () => (await moose.workOrders.sessionsOf(id)).map(({ state }) => state);
  await expect.poll(running, soon).toEqual(['running']);
  // Any further output or file of the process would count as progress.
  const worktrees = join(ground.config.dataDirectory, 'worktrees');
  const written = async () =>
    (await readdir(worktrees, { recursive: true })).some((name) => name.endsWith('half.txt'));
  await expect.poll(written, soon).toBe(true);
  expect(await moose.stuck()).toEqual([]);
  await ten.setBack(database, id, 25);
  expect(await moose.stuck()).toMatchObject([{ id, stuck_hours: expect.closeTo(25, 0), escalated_at: null }]);
  // The periodic jobs of another process begin as soon as it has started.
  await ten.aProcess(ground);
  await expect.poll(() => moose.escalations.list(), soon).toHaveLength(1);
  const [asked] = await moose.escalations.list();
  expect(asked).toMatchObject({
    code: 'WORK_STUCK',
    work_order: { id },
    recommended: 'retry',
    title: expect.stringMatching(/^"Work order 1" has made no progress for 25 h: The agent claude-code/),
    context: { step: 'applying', evidence: { stuckHours: 25, session: 'claude-code' } },
  });
  await moose.escalations.answer(asked?.id ?? '', 'cancel');
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled' });
  expect(await leftovers(database, ground.config.dataDirectory)).toEqual(nothing);
});
