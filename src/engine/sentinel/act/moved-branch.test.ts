import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { toJson } from '../../../store/storable.ts';
import { send } from '../../commands/send.ts';
import type { PullRequest } from '../../ports/forge.ts';
import { discussed, firstSha, lineOf } from '../discussed.fixture.ts';

const foreignSha = 'd'.repeat(40);

/** What the last look found: somebody has only brought Moose's commits and the base branch together. */
const broughtToBase = toJson({ head: { sha: foreignSha, isOwn: true, authors: [] } });

/** The forge shows this commit as the newest of the pull request, which Moose has pushed so long ago. */
async function reviewed(headSha: string, pushedMinutesAgo: number, followed = '{}') {
  const { path, git } = scratchRepository();
  git('branch', 'moose/1-fix-it');
  const it = await discussed({}, path);
  const told = { number: 7, state: 'open', headSha } as PullRequest;
  it.forge.findPullRequest = async () => told;
  await sql`update pull_requests set created_at = now() - ${pushedMinutesAgo} * interval '1 minute',
    pushed_at = null, followed = ${followed}`.execute(it.database.query);
  it.forge.remarks.push(lineOf({ key: 'line:1' }));
  await it.look();
  const all = it.database.query.selectFrom('workOrders').selectAll().where('projectId', '=', it.projectId);
  const [, ...more] = await all.orderBy('createdAt').execute();
  return { ...it, more };
}

test('fear: after a reviewer has pushed to the branch, a run is paid for whose push is refused (R-SEN-5)', async () => {
  const { order, remarks, messages, more } = await reviewed(foreignSha, 10);
  expect(await order()).toMatchObject({ step: 'awaiting_ci', run: 1, refinementCycles: 0 });
  expect(await messages()).toEqual([]);
  expect(more).toMatchObject([{ title: 'Review of #7: Mend it', settings: { base: 'moose/1-fix-it' } }]);
  expect(await remarks()).toMatchObject([{ state: 'sent', followUpId: more[0]?.id }]);
});

test('a forge that does not show the push of Moose yet is asked again', async () => {
  const { order, remarks, more } = await reviewed(foreignSha, 0);
  expect(await order()).toMatchObject({ step: 'awaiting_ci', run: 1 });
  expect(await remarks()).toMatchObject([{ state: 'new' }]);
  expect(more).toEqual([]);
});

test('a review of the commit that Moose has pushed begins a run of the same work order', async () => {
  const { order, more } = await reviewed(firstSha, 10);
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
  expect(more).toEqual([]);
});

test('R-SEN-5: fear: a reviewer presses Update branch and asks for a change, and another work order is paid for', async () => {
  const { order, more } = await reviewed(foreignSha, 10, broughtToBase);
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
  expect(more).toEqual([]);
});

test('R-PROJ-10: a message is read although somebody has pressed Update branch', async () => {
  const { order, database } = await discussed({}, scratchRepository().path);
  await sql`update pull_requests set head_sha = ${foreignSha}, pushed_at = null, followed = ${broughtToBase},
    created_at = now() - interval '10 minutes'`.execute(database.query);
  const { id } = await order();
  const text = 'Use UTC.';
  expect(await send({ database, clock: systemClock }, { id }, { text }, 'human:ada')).toBe('next_cycle');
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
});

test('R-PROJ-10: fear: a message to a work order whose branch has commits of others pays for a run that cannot publish', async () => {
  const { order, database, messages } = await discussed({}, scratchRepository().path);
  await sql`update pull_requests set head_sha = ${foreignSha}, pushed_at = null,
    created_at = now() - interval '10 minutes'`.execute(database.query);
  const { id, run } = await order();
  const sent = await messages();
  const refused = send({ database, clock: systemClock }, { id }, { text: 'Use UTC.' }, 'human:ada');
  await expect(refused).rejects.toMatchObject({
    code: 'BRANCH_HAS_OTHER_COMMITS',
    advice: expect.stringContaining('--base moose/1-fix-it'),
  });
  expect(await order()).toMatchObject({ run });
  expect(await messages()).toEqual(sent);
});
