import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId, type SessionId } from '../../../domain/ids.ts';
import { rememberSecrets } from '../../../domain/secrets/known-secrets.ts';
import type { Database } from '../../../store/database.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import {
  addOutput,
  dropOldOutput,
  outputFrom,
  storedBytesMax,
  storedUntil,
} from '../../../store/work/sessions/session-output.ts';
import { intendSession, updateSession } from '../../../store/work/sessions/session-rows.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { outputOf } from '../../views/work-order/session-output.ts';
import { storeMeanwhile, storeRest } from './store-output.ts';

const shared = sharedDatabase();

/** A session on a machine that is not this one; its files are in `directory`. */
async function aSession(database: Database) {
  const directory = await mkdtemp(join(tmpdir(), 'moose-stored-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const { workOrderId, runId, projectId } = await aWorkOrderAtWork(database);
  const row = await intendSession(database.query, {
    id: newId<SessionId>(new Date()),
    workOrderId,
    runId,
    purpose: 'agent',
    name: 'patch',
    cycle: 1,
    attempt: 1,
    host: 'elsewhere',
    directory,
    command: '',
    state: 'running',
    timeLimitMs: 1_000,
  });
  const said: unknown[] = [];
  const logger = pino({ level: 'silent' });
  logger.warn = ((about: unknown) => void said.push(about)) as typeof logger.warn;
  const work = {
    signal: new AbortController().signal,
    database,
    logger,
    order: { id: workOrderId },
    project: { id: projectId },
    /** As in a process that has not read the secrets before. */
    secrets: { of: async () => void rememberSecrets([{ name: 'PLANTED', value: 'hush-8c1f2a77' }]) },
  };
  return { row, directory, workOrderId, said, work: work as unknown as Parameters<typeof storeRest>[0] };
}

const read = async (database: Database, id: string, offset = 0) =>
  outputOf(database, id, { stream: 'stdout', offset });

test('R-DIST-3: output is stored without secrets, and every machine reads it', async () => {
  const database = shared();
  const { row, directory, work, said } = await aSession(database);
  expect(await read(database, row.id)).toMatchObject({ text: '', is_here: false, is_over: false });
  await writeFile(join(directory, 'stdout.log'), 'begin hush-8c1f2a77\nünï\0');
  await storeRest(work, row);
  await storeRest(work, row);
  await updateSession(database.query, row.id, { state: 'exited' });
  const part = await read(database, row.id);
  expect(part).toMatchObject({ offset: 0, size: 26, next_offset: 26, is_over: true, is_here: true });
  expect(part.text).toContain('begin [redacted:PLANTED]\nünï');
  expect(await read(database, row.id, 26)).toMatchObject({ text: '', next_offset: 26, is_over: true });
  expect(said).toEqual([]);
});

test('R-DIST-3: the newest output is kept, within a limit', async () => {
  const database = shared();
  const { row, directory, work } = await aSession(database);
  const line = `${'x'.repeat(1_023)}\n`;
  await writeFile(join(directory, 'stdout.log'), line.repeat(6 * 1_024));
  await storeRest(work, row);
  const of = { id: row.id, stream: 'stdout' } as const;
  const first = await outputFrom(database.query, of, 0n);
  expect(Number(await storedUntil(database.query, row.id, 'stdout'))).toBe(6 * 1_024 * 1_024);
  expect(Number(first?.startByte)).toBe(6 * 1_024 * 1_024 - storedBytesMax);
});

test('output that grows without end is stored too, and does not keep Moose from stopping', async () => {
  const database = shared();
  const { row, directory, work } = await aSession(database);
  const file = openSync(join(directory, 'stdout.log'), 'w');
  let size = storedBytesMax + 1_024 * 1_024;
  let isPrinting = true;
  // Longer at each turn of the event loop: by the time the end is read, there is more output.
  const print = () => {
    if (!isPrinting) return closeSync(file);
    size += 4_096;
    ftruncateSync(file, size);
    setImmediate(print);
  };
  onTestFinished(() => {
    isPrinting = false;
  });
  print();
  const end = storeMeanwhile(work as Parameters<typeof storeMeanwhile>[0], row);
  const stored = () => storedUntil(database.query, row.id, 'stdout');
  await expect.poll(stored, { interval: 200 }).toBeGreaterThan(BigInt(storedBytesMax));
  await end();
});

test('two processes that store the same output store it once', async () => {
  const database = shared();
  const { row } = await aSession(database);
  const of = { id: row.id, stream: 'stderr' } as const;
  const chunk = { startByte: 0n, endByte: 5n, text: 'hello' };
  await Promise.all([1, 2].map(() => database.transaction((query) => addOutput(query, of, [chunk]))));
  expect(await outputFrom(database.query, of, 0n)).toEqual(chunk);
  expect(await storedUntil(database.query, row.id, 'stderr')).toBe(5n);
});

test('output that cannot be stored is told in the log, and stops no work', async () => {
  const database = shared();
  const { row, directory, work, said } = await aSession(database);
  await writeFile(join(directory, 'stdout.log'), 'lost\n');
  const secrets = { of: async () => Promise.reject(new Error('No key')) };
  await storeRest({ ...work, secrets } as unknown as typeof work, row);
  expect(said).toMatchObject([{ sessionId: row.id }]);
  expect(await storedUntil(database.query, row.id, 'stdout')).toBe(0n);
});

test('R-DIST-6: stored output is deleted with the files of work that ended long ago', async () => {
  const database = shared();
  const { row, directory, work, workOrderId } = await aSession(database);
  await writeFile(join(directory, 'stdout.log'), 'old\n');
  await storeRest(work, row);
  const later = new Date(Date.now() + 1_000);
  const drop = () => database.run((query) => dropOldOutput(query, later, 10));
  expect(await drop()).toBe(0);
  await updateSession(database.query, row.id, { state: 'exited' });
  await database.query
    .updateTable('runs')
    .set({ state: 'ended' })
    .where('workOrderId', '=', workOrderId)
    .execute();
  const why = { changedBy: 'moose:1', changedBecause: 'over' };
  await changeWorkOrder(database.query, workOrderId, {}, { status: 'failed', stepState: 'done', ...why });
  expect(await drop()).toBe(1);
  expect(await storedUntil(database.query, row.id, 'stdout')).toBe(0n);
});
