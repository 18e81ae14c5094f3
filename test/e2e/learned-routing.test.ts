// A whole Moose whose project has turned learning on: choices are logged before the call, a red check brings another arm,
// and what came of each is learned.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ProjectId, WorkOrderId } from '../../src/domain/ids.ts';
import { readLearner } from '../../src/engine/learner/keep-learner.ts';
import { learnerEventsOf, lockLearner, saveLearner } from '../../src/store/work/learning/learners.ts';
import { writes } from './ground.fixture.ts';
import { aGround } from './ten-failures.fixture.ts';

const isHeldOut = (id: string) =>
  createHash('sha256').update(`hold-out ${id}`).digest().readUInt32BE(0) / 2 ** 32 < 0.1;

test('R-LRN-1, R-LRN-4: a shadow learns from the static rule; then what was learned goes on to another arm', {
  timeout: 240_000,
}, async () => {
  const ground = await aGround();
  const { moose, database } = ground.opened;
  const { query } = database;
  const choicesOf = (id: string) =>
    query
      .selectFrom('decisionLogs')
      .select(['try', 'mode', 'policy', 'arm', 'kind'])
      .where('workOrderId', '=', id as WorkOrderId)
      .where('try', 'is not', null)
      .orderBy('try')
      .execute();
  const first = await ground.submit();
  expect(await ground.settled(first.id)).toMatchObject({ status: 'completed' });
  expect(await choicesOf(first.id)).toMatchObject([
    { try: 1, mode: 'shadow', policy: 'static', kind: 'routing' },
  ]);
  const [project] = await moose.projects.list();
  const projectId = project?.id as ProjectId;
  const known = await readLearner(query, projectId);
  expect(known.learner.tasksSeen).toBe(1);
  expect(known.learner.arms.length).toBeGreaterThan(1);
  expect(known.learner.arms.reduce((sum, { trials }) => sum + trials, 0)).toBe(1);

  await moose.projects.change(projectId, { learning: 'on' });
  await database.transaction(async (transaction) => {
    const { events } = await lockLearner(transaction, projectId);
    const state = { ...known, learner: { ...known.learner, tasksSeen: 60 } };
    await saveLearner(transaction, { projectId, state, events });
  });
  for (let count = 0; ; count += 1) {
    let asked = 0;
    const { id } = await ground.submit({
      title: `Fix number ${count}`,
      repositoryPath: first.repositoryPath,
      checks: [{ kind: 'test', command: 'grep -q right made.txt', source: 'given' }],
      answer: () => writes('made.txt', ++asked === 1 ? 'wrong\n' : 'right\n'),
    });
    const detail = await ground.settled(id);
    expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1 } });
    const choices = await choicesOf(id);
    const events = await learnerEventsOf(query, id as WorkOrderId);
    if (isHeldOut(id)) {
      expect(choices).toMatchObject([{ policy: 'static' }]);
      expect(events).toMatchObject([{ event: 'success', try: 1 }]);
      continue;
    }
    expect(choices).toMatchObject([
      { try: 1, mode: 'on', policy: 'learned', kind: 'routing' },
      { try: 2, mode: 'on', policy: 'learned', kind: 'retry' },
    ]);
    const [one, two] = choices.map(({ arm }) => arm);
    expect(one).not.toBe(two);
    expect(events).toMatchObject([
      { event: 'failure', try: 1, arm: one },
      { event: 'success', try: 2, arm: two },
    ]);
    const outcomes = await query
      .selectFrom('outcomeVectors')
      .select(['try', 'arm', 'model', 'success'])
      .where('workOrderId', '=', id as WorkOrderId)
      .orderBy('try')
      .execute();
    expect(outcomes.map(({ success, arm }) => [success, arm])).toEqual([
      [false, one],
      [true, two],
    ]);
    for (const { model, arm } of outcomes) expect(arm).toContain(`:${model}#`);
    break;
  }
});
