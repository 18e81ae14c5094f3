import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId, type SessionId, shortId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { openEscalation, openEscalationOf, resolveEscalation } from '../failures/escalations.ts';
import { storableText, toJson } from '../storable.ts';
import { aWorkOrderAtWork } from './scratch-rows.fixture.ts';
import { newestArtifact, saveArtifact } from './sessions/artifacts.ts';
import { intendSession, sessionsOf, updateSession } from './sessions/session-rows.ts';

const shared = sharedDatabase();

test('characters that PostgreSQL cannot store are replaced, and everything else stays unchanged', async () => {
  const database = shared();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 20 }), { numRuns: 200, seed: 1 });
  const detail = {
    texts: [...texts, 'a\0b', '\ud800', '\udc00x'],
    amount: 12_345_678_901_234_567_890n,
    nested: [{ t: '\0' }],
  };
  const row = await database.query
    .insertInto('workOrderEvents')
    .values({
      workOrderId,
      kind: 'test',
      actor: 'x',
      reason: storableText('half \ud83e'),
      detail: toJson(detail),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  expect(row.reason).toBe('half \u{FFFD}');
  expect(row.detail).toEqual({
    texts: detail.texts.map(storableText),
    amount: '12345678901234567890',
    nested: [{ t: '\u{FFFD}' }],
  });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(text.isWellFormed() && !text.includes('\0'));
      expect(storableText(text)).toBe(text);
    }),
  );
});

test('an artifact is stored byte for byte; the newest one counts, and a cycle has only one', async () => {
  const database = shared();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const save = (cycle: number, content: Buffer) =>
    saveArtifact(database.query, { workOrderId, runId, cycle, kind: 'patch', content });
  expect(await newestArtifact(database.query, workOrderId, 'patch')).toBeUndefined();
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  await save(0, Buffer.from('old'));
  await save(0, bytes);
  expect(await newestArtifact(database.query, workOrderId, 'patch')).toEqual(bytes);
  await save(1, Buffer.from('of the next cycle'));
  expect((await newestArtifact(database.query, workOrderId, 'patch'))?.toString()).toBe('of the next cycle');
  expect(await newestArtifact(database.query, workOrderId, 'bundle')).toBeUndefined();
});

async function intended(database: Database) {
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const row = () => ({
    id: newId<SessionId>(new Date()),
    workOrderId,
    runId,
    purpose: 'agent' as const,
    name: 'patch',
    cycle: 0,
    attempt: 1,
    host: 'here',
    directory: '/s',
    command: 'c',
    state: 'intended' as const,
  });
  return { workOrderId, row };
}

test('R-SES-1: a session has one row however often it is intended, and the first one stays', async () => {
  const database = shared();
  const { row, workOrderId } = await intended(database);
  const rows = await Promise.all(Array.from({ length: 6 }, () => intendSession(database.query, row())));
  expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
  const id = rows[0]?.id as SessionId;
  await updateSession(database.query, id, { state: 'exited', exitCode: 0 });
  expect(await intendSession(database.query, row())).toMatchObject({ id, state: 'exited', exitCode: 0 });
  await intendSession(database.query, { ...row(), attempt: 2 });
  expect(await sessionsOf(database.query, workOrderId)).toHaveLength(2);
});

test('a work order asks one question at a time; answered, it may ask another', async () => {
  const database = shared();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const ask = (title: string) =>
    openEscalation(database.query, {
      workOrderId,
      title,
      failureClass: 'unknown',
      context: {},
      recommendedOption: 'undo',
      options: [
        {
          id: 'undo',
          kind: 'undo',
          label: 'Undo',
          costNanoUsd: null,
          risk: 'low',
          chance: null,
          chanceOf: 0,
        },
      ],
    });
  await Promise.all([ask('first'), ask('second')]);
  const open = await openEscalationOf(database.query, workOrderId);
  await resolveEscalation(database.query, workOrderId, { option: 'undo', by: 'human:me' });
  expect(await openEscalationOf(database.query, workOrderId)).toBeUndefined();
  await ask('third \0');
  expect((await openEscalationOf(database.query, workOrderId))?.title).toBe('third \u{FFFD}');
  const all = await database.query
    .selectFrom('escalations')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('createdAt')
    .execute();
  expect(all).toHaveLength(2);
  expect(all[0]).toMatchObject({
    id: open?.id,
    status: 'resolved',
    chosenOption: 'undo',
    resolvedBy: 'human:me',
    options: [
      {
        id: 'undo',
        kind: 'undo',
        label: 'Undo',
        command: `moose answer ${shortId(open?.id ?? '')} undo`,
        costNanoUsd: null,
        risk: 'low',
        chance: null,
        chanceOf: 0,
      },
    ],
  });
});
