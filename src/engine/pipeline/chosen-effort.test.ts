import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { readArmName } from '../../domain/learning/arm-name.ts';
import { learnerEventsOf } from '../../store/work/learning/learners.ts';
import { experimentsAs } from '../learning/experiment-ground.fixture.ts';
import type { AgentTask } from '../ports/agent.ts';
import { applying } from './applying/applying.ts';
import { advance } from './execute-run.ts';
import { nextArm } from './failure/next-arm.ts';
import { generating } from './generating/generating.ts';
import { checkFailed, choices, ground, routed, type ScratchWork } from './learned-ground.fixture.ts';
import { preparing } from './preparing/preparing.ts';
import { claimedAgain } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';

const shared = sharedDatabase();

/** A work order whose policy begins with an effort, and the tasks that its agent was given. */
async function withEfforts(): Promise<{ work: ScratchWork; tasks: AgentTask[] }> {
  const work = await ground(shared(), 'shadow');
  const tasks: AgentTask[] = [];
  const thinking = scriptedAgent('', {
    writesCode: true,
    efforts: ['low', 'high'],
    prepare: async (task) => {
      tasks.push(task);
      const argv = ['sh', '-c', 'echo new > made.txt; echo says success'] as const;
      return { argv: [...argv], env: { PATH: process.env.PATH ?? '' } };
    },
  });
  work.agents = new Map([['scripted', thinking]]);
  work.settings = { ...work.settings, efforts: ['high'] };
  const plan = 'fixed:p/strong>p/light';
  const { id } = await experimentsAs(shared()).startExperiment({
    project: work.project.name,
    a: plan,
    b: `${plan}>p/standard`,
    cap_usd: 100,
  });
  // An experiment begins with arms that the project has had, and no work order has offered an effort yet.
  const withEffort = 'fixed:p/strong@high>p/strong';
  await work.database.query
    .updateTable('policyExperiments')
    .set({ policyA: withEffort, policyB: `${withEffort}>p/light@high` })
    .where('id', '=', id)
    .execute();
  return { work, tasks };
}

async function again(work: ScratchWork): Promise<ScratchWork> {
  const { agents, settings } = work;
  return { ...(await claimedAgain(work)), agents, settings };
}

test('R-LRN-4: the effort that was chosen reaches the agent, the outcome is its arm’s, and the next try has its own', async () => {
  const { work, tasks } = await withEfforts();
  const { end, result } = await routed(work);
  expect([result.models[0], result.effort]).toEqual(['p/strong', 'high']);
  await advance(work, 'routing', end, new Date());
  let at = await again(work);
  for (const [step, does] of [
    ['preparing', preparing],
    ['generating', generating],
    ['applying', applying],
  ] as const) {
    const done = await does(at);
    if (done.end !== 'done') throw new Error(`${step} ended as ${done.end}`);
    if (step === 'generating') expect(done.result).toMatchObject({ model: 'p/strong', effort: 'high' });
    await advance(at, step, done, new Date());
    at = await again(at);
  }
  expect(tasks.map(({ model, effort }) => [model, effort])).toEqual([['p/strong', 'high']]);

  const next = await at.database.transaction((query) => nextArm(query, at, checkFailed));
  expect(next).toMatchObject({ settings: { models: expect.arrayContaining(['p/strong']) } });
  expect(next).not.toHaveProperty('settings.effort');
  const [first, second] = await choices(at);
  expect(readArmName(first?.arm ?? '')).toMatchObject({ model: 'p/strong', effort: 'high' });
  expect(readArmName(second?.arm ?? '').effort).toBeUndefined();
  expect(JSON.stringify(first?.decisionOutput)).toContain('at effort high');
  const told = await learnerEventsOf(at.database.query, at.order.id);
  expect(told.map(({ event, arm }) => [event, arm])).toEqual([['failure', first?.arm]]);
});
