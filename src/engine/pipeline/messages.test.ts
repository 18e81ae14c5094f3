// Messages of people to a work order at work: each reaches a prompt before anything is published.

import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { send } from '../commands/send.ts';
import type { Work } from '../run/work.ts';
import { executeRun } from './execute-run.ts';
import { onRecord } from './on-record.fixture.ts';
import { atStep, proposalOf, type ScratchWork } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { type Answer, scriptedModel } from './scripted-model.fixture.ts';

const shared = sharedDatabase();
const checks = [{ kind: 'test' as const, command: 'test "$(cat made.txt)" = new', source: 'given' }];

interface Script {
  answers: readonly Answer[];
  agent: string;
  /** Called in the middle of the call to the model. */
  onAsk(work: ScratchWork): unknown;
}

async function ground({ answers, agent, onAsk }: Script) {
  const held: { work?: ScratchWork } = {};
  const model = scriptedModel('p/a', answers, () => held.work && onAsk(held.work));
  const given = { agents: [scriptedAgent(agent)], models: [model], orderSettings: { checks } };
  const at = await atStep(shared(), 'routing', given);
  held.work = at.work;
  return { ...at, model };
}

const execute = (work: Work) =>
  executeRun(
    work,
    work.run.id,
    { executorId: 'next', slots: work.slots, leg: 0 },
    new AbortController().signal,
  );

test('R-PROJ-10: a message that arrives during the work reaches a prompt before anything is published, and costs no refinement', async () => {
  let asked = 0;
  const { work, model } = await ground({
    answers: [proposalOf('new')],
    // Makes a different change each time, because the same change is committed only once.
    agent: 'echo new > made.txt; date +%N > again.txt; echo says success made it',
    onAsk: ({ database, order }) => {
      asked += 1;
      if (asked === 1)
        return send(
          { database, clock: systemClock },
          order,
          { text: 'Use UTC.', file: 'made.txt', line: 1 },
          'human:ada',
        );
    },
  });
  await execute(work);
  const found = await onRecord(work);
  expect(found.results).toEqual([
    ...['routing.0', 'preparing.0', 'generating.0', 'applying.0', 'verifying.0'],
    ...['generating.1', 'applying.1', 'verifying.1', 'creating_pr.1', 'tracking.1'],
  ]);
  expect(found.order).toMatchObject({ status: 'completed', refinementCycles: 0 });
  expect(found.errors).toEqual([]);
  const [first, second] = model.prompts;
  expect(first).not.toContain('Use UTC.');
  expect(second).toContain('- On made.txt:1: Use UTC.');
});

test('R-PROJ-10: an agent that only answers a message leaves the change as it was, and the work goes on', async () => {
  let asked = 0;
  const { work } = await ground({
    answers: [proposalOf('new')],
    agent: 'echo new > made.txt; echo says success made it',
    onAsk: ({ database, order }) => {
      asked += 1;
      if (asked === 1)
        return send({ database, clock: systemClock }, order, { text: 'Why not UTC?' }, 'human:ada');
    },
  });
  await execute(work);
  const { order, sessions, errors } = await onRecord(work);
  expect(order).toMatchObject({ status: 'completed', refinementCycles: 0 });
  expect(errors).toEqual([]);
  // The verdict of the previous cycle still applies to the change.
  expect(sessions.filter((session) => !session.startsWith('scripted'))).toHaveLength(1);
  const events = await work.database.query
    .selectFrom('workOrderEvents')
    .select(['actor', 'reason'])
    .where('kind', '=', 'message.answered')
    .execute();
  expect(events).toEqual([{ actor: 'scripted', reason: 'Write new' }]);
});
