import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import type { Submission } from './submission.ts';
import { submit } from './submit.ts';

const me = 'human:me';
const rows = async (database: Database) =>
  (
    await sql<{
      orders: number;
      runs: number;
      queued: number;
    }>`select (select count(*)::int from work_orders) as orders,
      (select count(*)::int from runs) as runs, (select count(*)::int from moose_queue.jobs) as queued`.execute(
      database.query,
    )
  ).rows[0];

test('a work order, its run and its place in the queue come into being at once', async () => {
  const database = await testDatabase();
  const { path } = scratchRepository();
  const { order, warnings } = await submit(
    { database, clock: systemClock },
    { title: '  Mend it ', description: ' all of it\n', repositoryPath: join(path), agent: 'patch' },
    me,
  );
  expect(order).toMatchObject({
    title: 'Mend it',
    description: 'all of it',
    status: 'pending',
    run: 1,
    settings: { agent: 'patch' },
    limitNanoUsd: null,
    timeLimitMs: workOrderLimits.timeLimitMsDefault,
    changedBy: me,
  });
  expect(warnings).toEqual([]);
  expect(await rows(database)).toEqual({ orders: 1, runs: 1, queued: 1 });
});

test('a folder of the repository is the same project, and uncommitted changes are told', async () => {
  const database = await testDatabase();
  const repository = scratchRepository();
  mkdirSync(join(repository.path, 'src'));
  repository.write({ 'src/new.txt': 'new' });
  const deps = { database, clock: systemClock };
  const one = await submit(deps, { title: 'a', repositoryPath: repository.path }, me);
  const other = await submit(deps, { title: 'b', repositoryPath: join(repository.path, 'src') }, me);
  expect(other.order.projectId).toBe(one.order.projectId);
  expect(other.warnings).toEqual([expect.stringContaining('uncommitted changes')]);
});

const sound: Submission = { title: 'Mend it', repositoryPath: '/nowhere' };
const refused: Array<[string, Partial<Submission>]> = [
  ['no title', { title: ' \n ' }],
  ['a title that is too long', { title: 'x'.repeat(workOrderLimits.titleCharsMax + 1) }],
  ['a description that is a book', { description: 'x'.repeat(workOrderLimits.descriptionCharsMax + 1) }],
  [
    'description and acceptance that are one together',
    {
      description: 'x'.repeat(workOrderLimits.descriptionCharsMax),
      acceptance: 'y',
    },
  ],
  ['a NUL', { acceptance: 'a\0b' }],
  ['a limit of nothing', { limitNanoUsd: 0n }],
  ['a limit below nothing', { limitNanoUsd: -1n }],
  ['no time', { timeLimitMs: 0 }],
  ['time that is no number', { timeLimitMs: Number.NaN }],
  ['half a millisecond', { timeLimitMs: 0.5 }],
  ['more than a day', { timeLimitMs: workOrderLimits.timeLimitMsMax + 1 }],
];

test('R-DIST-3: labels are stored with the work order, and one in another form is refused', async () => {
  const deps = { database: await testDatabase(), clock: systemClock };
  const given = { ...sound, repositoryPath: scratchRepository().path };
  const { order } = await submit(deps, { ...given, labels: ['gpu=yes', 'zone=eu'] }, me);
  expect(order.settings).toEqual({ labels: ['gpu=yes', 'zone=eu'] });
  await expect(submit(deps, { ...given, labels: ['gpu=yes', 'gpu'] }, me)).rejects.toMatchObject({
    code: 'LABEL_INVALID',
    message: expect.stringContaining('"gpu"'),
  });
});

test('R-SEC-3: what cannot work is refused in a sentence, and nothing is stored', async () => {
  const database = await testDatabase();
  const deps = { database, clock: systemClock };
  const { path } = scratchRepository();
  for (const [what, wrong] of refused) {
    const submitted = submit(deps, { ...sound, repositoryPath: path, ...wrong }, me);
    await expect(submitted, what).rejects.toMatchObject({
      code: 'SUBMISSION_INVALID',
      message: expect.stringMatching(/^[A-Z].*\.$/),
      advice: expect.stringMatching(/\S/),
    });
  }
  for (const repositoryPath of ['/nowhere/at/all', scratchDirectory()])
    await expect(submit(deps, { ...sound, repositoryPath }, me)).rejects.toMatchObject({
      isMooseError: true,
    });
  expect(await rows(database)).toEqual({ orders: 0, runs: 0, queued: 0 });
});

test('half a letter in a title or a description is replaced, and the work order is there', async () => {
  const database = await testDatabase();
  const given = {
    title: 'Mend \ud83e',
    description: 'half \udece',
    repositoryPath: scratchRepository().path,
  };
  const { order } = await submit({ database, clock: systemClock }, given, me);
  expect([order.title, order.description]).toEqual(['Mend \u{FFFD}', 'half \u{FFFD}']);
});

test('R-SEC-4: a secret in the text is replaced and told of; in a check, which is run as it is, it is refused', async () => {
  const database = await testDatabase();
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const given = { title: `Use ${token}`, description: token, repositoryPath: scratchRepository().path };
  const { order, warnings } = await submit({ database, clock: systemClock }, given, me);
  expect([order.title, order.description]).toEqual([
    'Use [redacted:github-token]',
    '[redacted:github-token]',
  ]);
  expect(warnings).toEqual([expect.stringContaining('The text contained a secret')]);
  const check = { kind: 'test' as const, command: `TOKEN=${token} npm test`, source: 'given' as const };
  const refused = submit({ database, clock: systemClock }, { ...given, checks: [check] }, me);
  await expect(refused).rejects.toMatchObject({
    code: 'SECRET_IN_CHECK',
    message: expect.not.stringContaining(token),
  });
  expect(await rows(database)).toEqual({ orders: 1, runs: 1, queued: 1 });
});
