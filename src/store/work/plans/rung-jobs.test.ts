// fear: whoever asks for a plan waits for the next tick of the jobs.
import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { planned, planOf } from '../../../domain/plan/plan.fixture.ts';
import { listenForEvents } from '../../live/listen.ts';
import { projectOf } from '../projects/projects.ts';
import { decideAgain } from './decided-plans.ts';
import { addPlan, askPlanning, endPlanning, wantRun } from './plannings.ts';
import { addSpec } from './specs.ts';

const by = 'human:ada';

test('a request to plan rings the job that plans, and each plan to decide about rings the Director', async () => {
  const { query, url } = await testDatabase();
  const [specId, id] = [randomUUID(), randomUUID()];
  const { id: projectId } = await projectOf(query, '/srv/api', new Date());
  await addSpec(query, { id: specId, projectId, name: 'Shop', content: 'a', estimate: {}, createdBy: by });
  const rung: Array<string | null> = [];
  const stop = new AbortController();
  const { ready, closed } = listenForEvents(url, (job) => rung.push(job), stop.signal, 'moose_jobs');
  onTestFinished(() => {
    stop.abort();
    return closed;
  });
  await ready;
  const rings = async (job: string, act: () => Promise<unknown>) => {
    rung.length = 0;
    await act();
    await expect.poll(() => rung).toContain(job);
  };
  const asked = { id, specId, projectId, model: 'scripted/strong', limitNanoUsd: 1n, askedBy: by };
  await rings('plannings', () => askPlanning(query, asked));
  await rings('director', () => wantRun(query, id, by));
  const made = { plan: planOf([planned('a')]), problems: [], madeBy: by, because: 'planned' };
  await rings('director', () => addPlan(query, { ...made, id: randomUUID(), specId, planningId: id }));
  await rings('director', () => endPlanning(query, id, { state: 'planned' }));
  await rings('director', () => decideAgain(query, specId));
});
