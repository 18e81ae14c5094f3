// The outbox, delivered by real channels over real HTTP from a real database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { PermanentError } from '../src/domain/failure.ts';
import { type DeliveryDeps, startDelivery } from '../src/engine/background/notify/deliver.ts';
import { tidyOutboxJob } from '../src/engine/background/notify/tidy-outbox-job.ts';
import { enqueueNotice } from '../src/engine/errors/outbox/enqueue-notice.ts';
import type { Notifier } from '../src/engine/ports/notifier.ts';
import { createSlackNotifier } from '../src/notifiers/slack/notifier.ts';
import { createWebhookNotifier } from '../src/notifiers/webhook/notifier.ts';
import { systemClock } from '../src/stdx/clock.ts';
import type { Database } from '../src/store/database.ts';
import { openAlerts } from '../src/store/failures/alerts.ts';
import { announceChannels } from '../src/store/failures/outbox.ts';
import { testDatabase } from './database.ts';
import { type Fault, type FaultRequest, startFaultServer } from './fault-server.ts';

const notice = {
  title: 'A question',
  text: 'It stopped.',
  severity: 'high' as const,
  path: '/escalations/1',
};
const about = (subjectId: string) => ({ kind: 'escalation.opened', subjectId, payload: notice });
const ok: Fault = { kind: 'reply', status: 200 };

async function aServer(answer: (request: FaultRequest) => Fault | Promise<Fault>) {
  const server = await startFaultServer(answer);
  onTestFinished(() => server.stop());
  return server;
}

/** Delivers without waiting between attempts; `delayAfter` has its own test. */
async function delivering(
  database: Database,
  notifiers: readonly Notifier[],
  given: Partial<DeliveryDeps> = {},
) {
  const recorded: Array<{ code: string; isRecovered: boolean | null }> = [];
  const running = startDelivery({
    database,
    notifiers,
    logger: pino({ level: 'silent' }),
    clock: systemClock,
    random: () => 0,
    errors: {
      record: ({ code }) => {
        const one = { code, isRecovered: null as boolean | null };
        recorded.push(one);
        return { id: '', resolved: (isRecovered) => void Object.assign(one, { isRecovered }) };
      },
    },
    baseUrl: 'https://moose.example.org',
    announcedBy: 'test',
    ...given,
  });
  onTestFinished(() => running.close());
  await running.ready;
  return { ...running, recorded };
}

/** A busy machine may take a second for an answer that is otherwise immediate. */
const webhookMs = 3_000;
const webhook = (url: string) => createWebhookNotifier({ url, clock: systemClock, timeoutMs: webhookMs });

const deadlineMs = 60_000;
const lookEveryMs = 10;

async function until<T>(look: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
    if (performance.now() - startedMs > deadlineMs) throw new Error(`Still ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

const rows = (database: Database) =>
  database.query
    .selectFrom('outbox')
    .select(['key', 'channel', 'state', 'attempts', 'lastFailure'])
    .orderBy('id')
    .execute();
/** Makes all waiting notices due now. */
const hurry = (database: Database) =>
  sql`update outbox set next_attempt_at = clock_timestamp() where state = 'waiting'
  and next_attempt_at > clock_timestamp()`
    .execute(database.query)
    .then(() => sql`notify moose_outbox`.execute(database.query));

test('R-ESC-5: a notice is one row per channel, written once per subject and in the transaction of its cause', async () => {
  const database = await testDatabase();
  expect(await enqueueNotice(database.query, about('1'))).toBe(0);
  await announceChannels(database.query, ['slack', 'discord'], 'test');
  const failed = database.transaction(async (query) => {
    expect(await enqueueNotice(query, about('1'))).toBe(2);
    throw new PermanentError({ code: 'NO', component: 'test', operation: 'test', message: 'No.' });
  });
  await expect(failed).rejects.toMatchObject({ code: 'NO' });
  expect(await rows(database)).toEqual([]);
  expect(await enqueueNotice(database.query, about('1'))).toBe(2);
  expect(await enqueueNotice(database.query, about('1'))).toBe(0);
  expect(await enqueueNotice(database.query, { ...about('1'), key: 'again' })).toBe(2);
  await sql`update system_config set updated_at = now() - interval '25 hours' where key = 'notify.channel.slack'`.execute(
    database.query,
  );
  expect(await enqueueNotice(database.query, about('2'))).toBe(1);
});

test('R-ESC-5: after all kinds of failures, a channel gets each notice once, in order, and the errors are reported', async () => {
  const database = await testDatabase();
  const faults: Fault[] = [
    { kind: 'reply', status: 500 },
    { kind: 'reply', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'hang' },
    { kind: 'reset' },
  ];
  const server = await aServer(({ index }) => faults[index] ?? ok);
  const { recorded } = await delivering(database, [webhook(server.url)]);
  for (const subject of ['1', '2', '3']) await enqueueNotice(database.query, about(subject));
  await until(
    async () => {
      await hurry(database);
      return rows(database);
    },
    (seen) => seen.every(({ state }) => state === 'delivered'),
  );
  expect(server.requests.map(({ body }) => JSON.parse(body).key)).toEqual(
    ['1', '1', '1', '1', '1', '2', '3'].map((subject) => `escalation.opened:${subject}:webhook`),
  );
  expect(JSON.parse(server.requests[0]?.body ?? '').link).toBe('https://moose.example.org/escalations/1');
  expect((await rows(database)).map(({ attempts }) => attempts)).toEqual([5, 1, 1]);
  expect(recorded).toEqual(faults.map(() => ({ code: 'NOTICE_NOT_DELIVERED', isRecovered: true })));
  expect(await openAlerts(database.query)).toEqual([]);
});

test('R-ESC-5: a channel that hangs does not delay the others', async () => {
  const database = await testDatabase();
  const hanging = await aServer(() => ({ kind: 'hang' }));
  const prompt = await aServer(() => ok);
  await delivering(database, [
    createSlackNotifier({ url: hanging.url, timeoutMs: 60_000 }),
    webhook(prompt.url),
  ]);
  await enqueueNotice(database.query, about('1'));
  await Promise.all([hanging.received(1), prompt.received(1)]);
});

test('a refused notice is not sent again: it fails, with an alert that the next success closes', async () => {
  const database = await testDatabase();
  const server = await aServer(({ index }) => (index === 0 ? { kind: 'reply', status: 404 } : ok));
  const { recorded } = await delivering(database, [webhook(`${server.url}/SECRETSECRET`)]);
  await enqueueNotice(database.query, about('1'));
  await until(
    () => openAlerts(database.query),
    (alerts) => alerts.length === 1,
  );
  expect(recorded).toEqual([{ code: 'NOTICE_REFUSED', isRecovered: false }]);
  await enqueueNotice(database.query, about('2'));
  await until(
    () => openAlerts(database.query),
    (alerts) => alerts.length === 0,
  );
  expect((await rows(database)).map(({ state, attempts }) => [state, attempts])).toEqual([
    ['failed', 1],
    ['delivered', 1],
  ]);
  const everything = await sql<{ all: string }>`select (select json_agg(o)::text from outbox o)
    || (select json_agg(a)::text from system_alerts a) || (select json_agg(c)::text from system_config c) as all`.execute(
    database.query,
  );
  expect(everything.rows[0]?.all).not.toContain('SECRET');
});

test('R-ESC-5: three concurrent processes send each of a hundred notices once', async () => {
  const database = await testDatabase();
  const server = await aServer(() => ok);
  await Promise.all(Array.from({ length: 3 }, () => delivering(database, [webhook(server.url)])));
  await database.transaction(async (query) => {
    for (let subject = 0; subject < 100; subject++) await enqueueNotice(query, about(String(subject)));
  });
  await until(
    () => rows(database),
    (seen) => seen.every(({ state }) => state === 'delivered'),
  );
  expect(server.requests).toHaveLength(100);
  expect(new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(100);
});

test('if a process is killed while it sends a notice, the next one sends it again immediately, with the same key', async () => {
  const database = await testDatabase();
  const server = await aServer(({ index }) => (index === 0 ? { kind: 'hang' } : ok));
  await announceChannels(database.query, ['webhook'], 'test');
  await enqueueNotice(database.query, about('1'));
  const program = fileURLToPath(new URL('./deliver-program.ts', import.meta.url));
  const child = spawn(process.execPath, [program, database.url, server.url], { stdio: 'inherit' });
  await server.received(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await rows(database)).toMatchObject([{ state: 'waiting', attempts: 0 }]);
  await delivering(database, [webhook(server.url)]);
  await server.received(2);
  const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys[0]).toBe(keys[1]);
});

test('if Moose is stopped while a channel hangs, it stops immediately, and the notice still waits', async () => {
  const database = await testDatabase();
  const server = await aServer(() => ({ kind: 'hang' }));
  const running = await delivering(database, [createSlackNotifier({ url: server.url, timeoutMs: 60_000 })]);
  await enqueueNotice(database.query, about('1'));
  await server.received(1);
  const startedMs = performance.now();
  await running.close();
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  expect(await rows(database)).toMatchObject([{ state: 'waiting', attempts: 0 }]);
});

test('fear: the clock is set back by a day, and a channel gets nothing until the clock has caught up', async () => {
  const database = await testDatabase();
  const server = await aServer(() => ok);
  await announceChannels(database.query, ['webhook'], 'test');
  await enqueueNotice(database.query, about('1'));
  await sql`update outbox set attempts = 1, created_at = created_at + interval '1 day',
    next_attempt_at = next_attempt_at + interval '1 day'`.execute(database.query);
  await enqueueNotice(database.query, about('2'));
  await delivering(database, [webhook(server.url)]);
  await server.received(2);
});

test('fear: a machine wakes after a day of sleep, and for an hour no channel exists', async () => {
  const database = await testDatabase();
  let sleptMs = 0;
  const clock = { now: () => new Date(Date.now() + sleptMs) };
  await delivering(database, [webhook('http://127.0.0.1:1')], { clock, clockLookMs: 20 });
  const past = sql<Date>`updated_at - interval '26 hours'`;
  await database.query.updateTable('systemConfig').set({ updatedAt: past }).execute();
  expect(await enqueueNotice(database.query, about('lost'))).toBe(0);
  sleptMs = 26 * 60 * 60_000;
  await expect.poll(() => enqueueNotice(database.query, about('told'))).toBe(1);
});

test('a notice that could not be delivered for a day is given up with an alert', async () => {
  const database = await testDatabase();
  const server = await aServer(() => ({ kind: 'reply', status: 503 }));
  const { recorded } = await delivering(database, [webhook(server.url)], { keepTryingMs: 0 });
  await enqueueNotice(database.query, about('1'));
  const [alert] = await until(
    () => openAlerts(database.query),
    (alerts) => alerts.length === 1,
  );
  expect(alert).toMatchObject({ key: 'notifier:webhook', code: 'NOTICE_NOT_DELIVERED', severity: 'high' });
  expect(await rows(database)).toMatchObject([{ state: 'failed', attempts: 1 }]);
  expect(recorded).toEqual([{ code: 'NOTICE_NOT_DELIVERED', isRecovered: false }]);
});

test('fear: a channel fails for hours, and nobody learns of it, not even from the other channels', async () => {
  const database = await testDatabase();
  const broken = await aServer(() => ({ kind: 'reply', status: 503 }));
  const working = await aServer(() => ok);
  const notifiers = [webhook(broken.url), createSlackNotifier({ url: working.url })];
  await delivering(database, notifiers, { lateAfterMs: 0 });
  await enqueueNotice(database.query, about('1'));
  // Slack gets both notices; the channel that fails is not told of itself.
  await until(
    async () => (await rows(database)).map(({ channel, state }) => `${channel} ${state}`).join(', '),
    (seen) => seen === 'slack delivered, webhook waiting, slack delivered',
  );
  const message = expect.stringMatching(/^A notice has not been delivered since .* UTC: /);
  expect(await openAlerts(database.query)).toMatchObject([{ key: 'notifier:webhook', message }]);
});

test('notices for a channel that no longer exists are given up with an alert, and old rows are deleted', async () => {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  for (const subject of ['1', '2', '3']) await enqueueNotice(database.query, about(subject));
  await sql`update outbox set created_at = now() - interval '26 hours' where key like '%:1:%'`.execute(
    database.query,
  );
  await sql`update outbox set created_at = now() - interval '31 days', state = 'delivered' where key like '%:2:%'`.execute(
    database.query,
  );
  await tidyOutboxJob({ database }).run(new AbortController().signal);
  expect((await rows(database)).map(({ key, state }) => [key, state])).toEqual([
    ['escalation.opened:1:slack', 'failed'],
    ['escalation.opened:3:slack', 'waiting'],
  ]);
  expect(await openAlerts(database.query)).toMatchObject([
    { code: 'NOTICES_GIVEN_UP', key: 'notifier:slack' },
  ]);
});
