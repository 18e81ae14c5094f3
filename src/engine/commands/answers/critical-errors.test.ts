import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { TransientError } from '../../../domain/failure.ts';
import { newId } from '../../../domain/ids.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { type Database, openDatabase } from '../../../store/database.ts';
import { announceChannels } from '../../../store/failures/outbox.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { errorRow } from '../../errors/record-failure.ts';
import { relayTo } from '../../errors/relay.fixture.ts';
import { type CriticalErrors, createCriticalErrors } from './critical-errors.ts';

const programPath = fileURLToPath(new URL('critical-reporter.fixture.ts', import.meta.url));

async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-critical-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function opened(
  database: Database,
  dataDirectory?: string,
): Promise<CriticalErrors & { dataDirectory: string }> {
  const directory = dataDirectory ?? (await scratchDirectory());
  const deps = { database, clock: systemClock, logger: pino({ level: 'silent' }), dataDirectory: directory };
  const critical = createCriticalErrors(deps);
  onTestFinished(() => critical.close());
  return { ...critical, dataDirectory: directory };
}

/** The errors in the journals that are not delivered. */
async function waiting(dataDirectory: string): Promise<string[]> {
  const folder = join(dataDirectory, 'critical');
  const journals = (await readdir(folder)).filter((name) => name.endsWith('.jsonl') && /^\d/.test(name));
  const texts = await Promise.all(journals.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1));
}

const refusedIn = async (dataDirectory: string) =>
  (await readFile(join(dataDirectory, 'critical', 'refused.jsonl'), 'utf8')).trim().split('\n');

const failure = new TransientError({
  code: 'PROBE_LOST',
  component: 'probe',
  operation: 'look',
  message: 'The probe was lost.',
});
const reported = { component: 'probe', operation: 'look', severity: 'critical', error: failure } as const;

test('R-ESC-1: with a work order it is a question, without one an alert, and both are error events', async () => {
  const database = await testDatabase();
  const { query } = database;
  await announceChannels(query, ['slack'], 'test');
  const { handleCriticalError, dataDirectory } = await opened(database);
  const { workOrderId } = await aWorkOrderAtWork(database, { step: 'applying' });
  await handleCriticalError({ ...reported, workOrderId, metadata: { attempt: 3 } });
  await handleCriticalError(reported);
  await handleCriticalError(reported);
  expect(await query.selectFrom('escalations').selectAll().execute()).toMatchObject([
    { workOrderId, status: 'open', severity: 'critical', code: 'PROBE_LOST', title: 'The probe was lost.' },
  ]);
  expect(await query.selectFrom('systemAlerts').selectAll().execute()).toMatchObject([
    { code: 'PROBE_LOST', times: 2, severity: 'critical' },
  ]);
  const events = await query.selectFrom('errorEvents').selectAll().execute();
  expect(events).toHaveLength(3);
  expect(events[0]?.metadata).toMatchObject({ given: { attempt: 3 } });
  expect((await eventsOf(query, workOrderId)).map(({ kind }) => kind)).toContain('error.critical');
  expect((await query.selectFrom('outbox').select('kind').execute()).map(({ kind }) => kind).sort()).toEqual([
    'alert.raised',
    'escalation.opened',
  ]);
  expect(await waiting(dataDirectory)).toEqual([]);
});

test('R-ESC-1: fear: a second critical error of a work order is lost because a question is already open', async () => {
  const database = await testDatabase();
  const { report } = await opened(database);
  const { workOrderId } = await aWorkOrderAtWork(database);
  const first = await report({ ...reported, workOrderId });
  const second = await report({ ...reported, workOrderId, error: new Error('Another') });
  const [escalation, ...more] = await database.query.selectFrom('escalations').selectAll().execute();
  expect(more).toEqual([]);
  expect(escalation).toMatchObject({ id: first, context: { also: [{ id: second, code: 'UNEXPECTED' }] } });
});

const cyclic: Record<string, unknown> = { name: 'round' };
cyclic.self = cyclic;
const hostile = new Proxy(new Error('x'), {
  get() {
    throw new Error('not to be read');
  },
});

test.each([
  ['null', null],
  ['undefined', undefined],
  ['a text', 'it broke'],
  ['a number', 42],
  ['an object that holds itself', cyclic],
  ['an object without a prototype', Object.create(null)],
  ['an error that cannot be read', hostile],
  ['a text that no row can hold', 'a\0b\ud800'],
])('R-ESC-1: %s is thrown and reported: one alert, and nothing is thrown back', async (_, thrown) => {
  const database = await testDatabase();
  const { handleCriticalError } = await opened(database);
  await handleCriticalError({ ...reported, error: thrown, metadata: cyclic, workOrderId: 'no id at all' });
  const alerts = await database.query.selectFrom('systemAlerts').selectAll().execute();
  expect(alerts).toMatchObject([{ code: 'UNEXPECTED', component: 'probe', severity: 'critical' }]);
});

test('R-ESC-1: an unknown work order leads to an alert that names it', async () => {
  const database = await testDatabase();
  const { handleCriticalError } = await opened(database);
  const workOrderId: string = newId(new Date());
  await handleCriticalError({ ...reported, workOrderId });
  const [alert] = await database.query.selectFrom('systemAlerts').selectAll().execute();
  expect(alert?.metadata).toMatchObject({ workOrderId });
});

test('R-ESC-1: if the database is unavailable, the error is on disk, the caller waits a second, and it is delivered later', async () => {
  const database = await testDatabase();
  const relay = await relayTo(database.url);
  const behind = openDatabase(relay.url, { connectionsMax: 2 });
  const { handleCriticalError, dataDirectory } = await opened(behind);
  await relay.cut();
  const startedMs = performance.now();
  await Promise.all([
    handleCriticalError(reported),
    handleCriticalError({ ...reported, operation: 'listen' }),
  ]);
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  expect(await waiting(dataDirectory)).toHaveLength(2);
  await relay.mend();
  await expect.poll(() => waiting(dataDirectory)).toEqual([]);
  const events = await database.query.selectFrom('errorEvents').select('operation').execute();
  expect(events.map(({ operation }) => operation).sort()).toEqual(['listen', 'look']);
  await behind.close();
  await relay.cut();
});

test('R-ESC-1: if the process is killed before the delivery, the next one delivers once, however often it tries', async () => {
  const database = await testDatabase();
  const dataDirectory = await scratchDirectory();
  const away = await relayTo(database.url);
  await away.cut();
  const child = spawn(process.execPath, [programPath, away.url, dataDirectory, '5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ids: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    ids.push(line);
    if (ids.length === 5) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(await waiting(dataDirectory)).toHaveLength(5);
  // Two processes that share the data folder see the same files.
  await Promise.all([opened(database, dataDirectory), opened(database, dataDirectory)]);
  await expect.poll(() => waiting(dataDirectory), { timeout: 10_000 }).toEqual([]);
  const events = await database.query.selectFrom('errorEvents').select('id').orderBy('id').execute();
  expect(events.map(({ id }) => id)).toEqual([...ids].sort());
  const [alert, ...more] = await database.query.selectFrom('systemAlerts').select('times').execute();
  expect([alert?.times, more]).toEqual([5, []]);
  expect(await waiting(dataDirectory)).toEqual([]);
});

/** A file as releases wrote it that kept each critical error in a file of its own. */
function olderEntry(id: string): string {
  const { component, operation, message } = failure;
  const error = new TransientError({ code: 'OLDER', component, operation, message });
  const row = errorRow(error, { strategy: 'escalate' }, { id, at: new Date() });
  return JSON.stringify({ id, row, workOrderId: null, advice: null });
}

test('R-ESC-1: fear: files of an older release are lost, or one that is not an entry blocks later errors', async () => {
  const database = await testDatabase();
  const dataDirectory = await scratchDirectory();
  const folder = join(dataDirectory, 'critical');
  const [left, unreadable] = [newId(new Date()), '00000000-0000-7000-8000-000000000000.json'];
  await mkdir(join(folder, unreadable), { recursive: true });
  await symlink('a-loop.json', join(folder, 'a-loop.json'));
  const file = (id: string, text: string) => writeFile(join(folder, `${id}.json`), text);
  await file(left, olderEntry(left));
  const texts = ['null', '{}', '{"id":"x"}', '{"row":{}}', '{"id":"x","row":{"id":"x"}}', '{"half"'];
  for (const [n, text] of texts.entries()) await file(`00000000-0000-7000-8000-00000000000${n + 1}`, text);
  const { handleCriticalError } = await opened(database, dataDirectory);
  await handleCriticalError(reported);
  const stored = database.query.selectFrom('errorEvents').select(['id', 'errorType']).orderBy('errorType');
  await expect
    .poll(() => stored.execute())
    .toEqual([
      { id: left, errorType: 'OLDER' },
      { id: expect.any(String), errorType: 'PROBE_LOST' },
    ]);
  await expect.poll(() => waiting(dataDirectory)).toEqual([]);
  await expect.poll(() => refusedIn(dataDirectory)).toEqual(texts);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  expect(files.sort()).toEqual([unreadable, 'a-loop.json']);
});

test.each(['25006', '53100', '57014'])(
  'R-ESC-1: fear: after a database refuses everything for a while (%s), critical errors are permanently set aside',
  async (code) => {
    const database = await testDatabase();
    await sql`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'Not now' using errcode = ${sql.lit(code)}; end $$`.execute(database.query);
    await sql`create trigger refuse before insert on error_events execute function refuse()`.execute(
      database.query,
    );
    const { handleCriticalError, dataDirectory } = await opened(database);
    await handleCriticalError(reported);
    expect(await waiting(dataDirectory)).toHaveLength(1);
    await sql`drop trigger refuse on error_events`.execute(database.query);
    await expect.poll(() => waiting(dataDirectory)).toEqual([]);
    expect(await database.query.selectFrom('errorEvents').select('id').execute()).toHaveLength(1);
  },
);

test('R-ESC-1: fear: the disk refuses the error, and so the database never gets it', async () => {
  const database = await testDatabase();
  const directory = await scratchDirectory();
  await writeFile(join(directory, 'critical'), 'a file where the folder should be');
  const { handleCriticalError } = await opened(database, directory);
  await handleCriticalError(reported);
  expect(await database.query.selectFrom('errorEvents').select('id').execute()).toHaveLength(1);
});
