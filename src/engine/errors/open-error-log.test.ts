import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { PermanentError, TransientError } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { openErrorLog } from './open-error-log.ts';
import { relayTo } from './relay.fixture.ts';

const logger = pino({ level: 'silent' });
const failure = (message: string, metadata = {}) =>
  new TransientError({ code: 'PROBE', component: 'probe', operation: 'record', message, metadata });

async function scratch(): Promise<string> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'moose-errors-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  return dataDirectory;
}

const rowsOf = ({ query }: Database) =>
  query.selectFrom('errorEvents').selectAll().orderBy('timestamp').execute();
const journalsIn = async (dataDirectory: string) =>
  (await readdir(join(dataDirectory, 'errors'))).filter((name) => /^\d/.test(name));

test('R-FAIL-6, R-REC-8: every error becomes a row, in batches, and its outcome is added to it', async () => {
  const database = await testDatabase();
  const dataDirectory = await scratch();
  const log = openErrorLog({ database, dataDirectory, logger });
  const workOrderId = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b' as WorkOrderId;
  const recorded = Array.from({ length: 250 }, (_, n) =>
    log.record(failure(`Number ${n}`), { workOrderId, step: 'applying', attempt: n, strategy: 'retry' }),
  );
  recorded[0]?.resolved(true, 2);
  recorded[0]?.resolved(false, 9);
  recorded[1]?.resolved(false);
  expect(log.waiting).toBe(252);
  await log.flush();
  expect(log.waiting).toBe(0);
  const rows = await rowsOf(database);
  expect(rows.map(({ id }) => id).sort()).toEqual(recorded.map(({ id }) => id).sort());
  const byId = new Map(rows.map((row) => [row.id, row]));
  expect(byId.get(recorded[0]?.id ?? '')).toMatchObject({
    workOrderId,
    step: 'applying',
    recoveryStrategy: 'retry',
    errorType: 'PROBE',
    type: 'coordination',
    recoverySuccess: true,
    retryCount: 2,
    resolvedAt: expect.any(Date),
    resolutionTimeMs: expect.any(BigInt),
  });
  expect(byId.get(recorded[1]?.id ?? '')).toMatchObject({ recoverySuccess: false, retryCount: 0 });
  expect(byId.get(recorded[2]?.id ?? '')).toMatchObject({ recoverySuccess: null, resolutionTimeMs: null });
  const { rows: batches } = await sql<{
    count: bigint;
  }>`select count(distinct xmin::text) from error_events`.execute(database.query);
  // Three inserts, and one more for the two rows that were inserted again.
  expect(Number(batches[0]?.count)).toBeLessThanOrEqual(4);
  await log.close();
  expect(await journalsIn(dataDirectory)).toEqual([]);
});

test('R-FAIL-6: an error after a quiet time becomes a row at once, and the next ones gather', async () => {
  const database = await testDatabase();
  const log = openErrorLog({ database, dataDirectory: await scratch(), logger, everyMs: 600_000 });
  onTestFinished(() => log.close());
  log.record(failure('Alone'));
  await expect.poll(() => rowsOf(database)).toHaveLength(1);
  await expect.poll(() => log.waiting).toBe(0);
  log.record(failure('Second'));
  log.record(failure('Third'));
  expect(log.waiting).toBe(2);
  await log.flush();
  expect(await rowsOf(database)).toHaveLength(3);
  const { rows: batches } = await sql<{
    count: bigint;
  }>`select count(distinct xmin::text) from error_events`.execute(database.query);
  expect(Number(batches[0]?.count)).toBe(2);
});

test('R-FAIL-6: what gathers becomes rows without a flush too', async () => {
  const database = await testDatabase();
  const log = openErrorLog({ database, dataDirectory: await scratch(), logger, everyMs: 5 });
  onTestFinished(() => log.close());
  for (let n = 1; n <= 3; n += 1) {
    log.record(failure(`Error ${n}`));
    await expect.poll(() => rowsOf(database)).toHaveLength(n);
  }
});

test('R-FAIL-6: while the database is unavailable, nothing is lost and nobody waits; later, each error is a row once', async () => {
  const database = await testDatabase();
  const relay = await relayTo(database.url);
  const throughRelay = openDatabase(relay.url, { connectionsMax: 2 });
  onTestFinished(async () => {
    await throughRelay.close();
    await relay.cut();
  });
  const log = openErrorLog({ database: throughRelay, dataDirectory: await scratch(), logger });
  log.record(failure('Before'));
  await log.flush();
  await relay.cut();
  // Nothing is waited for here, so only the processor's time counts: it does not depend on what else the machine does.
  const before = process.cpuUsage();
  for (let n = 0; n < 1_500; n += 1) log.record(failure(`Away ${n}`)).resolved(n % 2 === 0);
  const used = process.cpuUsage(before);
  expect((used.user + used.system) / 1_000).toBeLessThan(1_500);
  expect(log.waiting).toBe(3_000);
  expect(await rowsOf(database)).toHaveLength(1);
  await relay.mend();
  await log.flush();
  const rows = await rowsOf(database);
  expect(rows).toHaveLength(1_501);
  expect(rows.filter(({ recoverySuccess }) => recoverySuccess === true)).toHaveLength(750);
  await log.close();
});

test('R-FAIL-6: a process that ends while the database is unavailable leaves its errors to the next one', async () => {
  const database = await testDatabase();
  const relay = await relayTo(database.url);
  const throughRelay = openDatabase(relay.url, { connectionsMax: 1 });
  onTestFinished(() => throughRelay.close());
  await relay.cut();
  const dataDirectory = await scratch();
  const { child, ids, reached } = await recorder(relay.url, dataDirectory, 40);
  await reached(40);
  const next = openErrorLog({ database, dataDirectory, logger });
  await next.flush();
  // The first process is alive, so its journal stays.
  expect(await rowsOf(database)).toEqual([]);
  expect(await journalsIn(dataDirectory)).toHaveLength(2);
  await next.close();
  await kill(child);
  const last = openErrorLog({ database, dataDirectory, logger });
  await last.flush();
  expect((await rowsOf(database)).map(({ id }) => id).sort()).toEqual(ids().sort());
  expect((await rowsOf(database)).filter(({ recoverySuccess }) => recoverySuccess === true)).toHaveLength(13);
  await last.close();
  expect(await journalsIn(dataDirectory)).toEqual([]);
});

test.each([1, 60, 150, 333])(
  'R-FAIL-6: killed with -9 after %i errors, none is lost and none is stored twice',
  async (killedAfter) => {
    const database = await testDatabase();
    const dataDirectory = await scratch();
    const { child, ids, reached } = await recorder(database.url, dataDirectory, 1_000_000);
    await reached(killedAfter);
    await kill(child);
    const next = openErrorLog({ database, dataDirectory, logger });
    await next.flush();
    const rows = await rowsOf(database);
    const stored = new Set(rows.map(({ id }) => id));
    expect(ids().length).toBeGreaterThanOrEqual(killedAfter);
    expect(ids().filter((id) => !stored.has(id))).toEqual([]);
    const numbers = rows.map(({ metadata }) => Number(metadata.n));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from(numbers, (_, index) => index + 1));
    await next.close();
    expect(await journalsIn(dataDirectory)).toEqual([]);
  },
);

test('R-FAIL-6: a row that the database rejects is kept in a file, and does not block others', async () => {
  const database = await testDatabase();
  const dataDirectory = await scratch();
  const log = openErrorLog({ database, dataDirectory, logger });
  onTestFinished(() => log.close());
  const good = log.record(failure('Good'));
  const bad = log.record(failure('Bad'), { step: 'no such step' as Step });
  bad.resolved(true);
  const late = log.record(failure('Late'));
  await log.flush();
  expect((await rowsOf(database)).map(({ id }) => id)).toEqual([good.id, late.id]);
  const refused = await readFile(join(dataDirectory, 'errors', 'refused.jsonl'), 'utf8');
  expect(refused.trim().split('\n')).toEqual([expect.stringContaining(bad.id)]);
});

test('R-FAIL-6: if the disk accepts no journal, errors are delivered from memory', async () => {
  const database = await testDatabase();
  const dataDirectory = await scratch();
  await writeFile(join(dataDirectory, 'errors'), 'a file where the directory should be');
  const log = openErrorLog({ database, dataDirectory, logger });
  log.record(failure('Without a journal'));
  await log.close();
  expect(await rowsOf(database)).toMatchObject([{ errorMessage: 'Without a journal' }]);
});

test('R-FAIL-6: recording never throws, whatever the error contains', async () => {
  const database = await testDatabase();
  const log = openErrorLog({ database, dataDirectory: await scratch(), logger });
  const hostile = new PermanentError({ code: 'X', component: 'c', operation: 'o', message: 'm' });
  Object.defineProperty(hostile.metadata, 'trap', {
    enumerable: true,
    get: () => {
      throw new Error('the trap');
    },
  });
  log.record(hostile);
  log.record(null as unknown as PermanentError);
  await log.close();
  expect((await rowsOf(database)).map(({ errorType }) => errorType)).toEqual(['UNEXPECTED', 'UNEXPECTED']);
});

async function recorder(url: string, dataDirectory: string, count: number) {
  const program = join(import.meta.dirname, 'recorder.fixture.ts');
  const saidPath = join(dataDirectory, 'said');
  const said = openSync(saidPath, 'w');
  const child = spawn(process.execPath, [program, url, dataDirectory, String(count)], {
    stdio: ['ignore', said, 'inherit'],
  });
  closeSync(said);
  onTestFinished(() => kill(child));
  /** The IDs that were printed completely. */
  const ids = () => readFileSync(saidPath, 'utf8').split('\n').slice(0, -1);
  const reached = (number: number) => expect.poll(() => ids().length, poll).toBeGreaterThanOrEqual(number);
  return { child, ids, reached };
}

const poll = { timeout: 60_000, interval: 5 };

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test("R-FAIL-6: fear: a journal that cannot be read blocks the delivery of other dead processes' journals", async () => {
  const database = await testDatabase();
  const dataDirectory = await scratch();
  const left = async (pid: number, content: string | Buffer) =>
    writeFile(join(dataDirectory, 'errors', `${pid}-1-0000deadbeef-1.jsonl`), content);
  const first = openErrorLog({ database, dataDirectory, logger, everyMs: 600_000 });
  first.record(failure('Sent at once, so that the next ones wait'));
  await first.flush();
  const line = async (message: string) => {
    first.record(failure(message));
    const [own = ''] = await journalsIn(dataDirectory);
    const lines = (await readFile(join(dataDirectory, 'errors', own), 'utf8')).trim().split('\n');
    await first.flush();
    await database.query.deleteFrom('errorEvents').execute();
    return `${lines.at(-1)}\n`;
  };
  const [before, after, last] = [await line('Before'), await line('After'), await line('Last')];
  await first.close();
  await mkdir(join(dataDirectory, 'errors', '999990-1-0000deadbeef-1.jsonl'));
  // What a power failure leaves of a file: blocks of zeros.
  await left(
    999_991,
    Buffer.concat([Buffer.from(before), Buffer.alloc(5_000_000), Buffer.from(`\n${after}`)]),
  );
  await left(999_992, `no line\n${last}{"half`);
  const next = openErrorLog({ database, dataDirectory, logger });
  await next.flush();
  expect((await rowsOf(database)).map(({ errorMessage }) => errorMessage).sort()).toEqual([
    'After',
    'Before',
    'Last',
  ]);
  await next.close();
  expect((await journalsIn(dataDirectory)).sort()).toEqual([
    '999990-1-0000deadbeef-1.jsonl',
    '999991-1-0000deadbeef-1.jsonl.damaged',
  ]);
});

test.each([0, 40])(
  'R-REC-8: fear: a journal that somebody truncates to %i bytes, to make room, keeps the process busy forever',
  async (bytes) => {
    const database = await testDatabase();
    const dataDirectory = await scratch();
    const log = openErrorLog({ database, dataDirectory, logger, everyMs: 600_000 });
    const first = log.record(failure('Sent at once, so that the next ones wait'));
    await log.flush();
    for (let n = 0; n < 50; n += 1) log.record(failure(`Gone ${n}`));
    const [own = ''] = await journalsIn(dataDirectory);
    await truncate(join(dataDirectory, 'errors', own), bytes);
    const half = log.record(failure('Behind half a line'));
    const { id } = log.record(failure('Whole'));
    await log.flush();
    const there = (await rowsOf(database)).map((row) => row.id);
    expect(there).toEqual(bytes === 0 ? [first.id, half.id, id] : [first.id, id]);
    const later = log.record(failure('Later'));
    await log.flush();
    expect((await rowsOf(database)).map((row) => row.id)).toContain(later.id);
    expect(log.waiting).toBe(0);
    await log.close();
  },
);
