import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { claimedAgain } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import { verifying } from '../../pipeline/verifying/verifying.ts';
import { daemonProject } from './daemon-project.fixture.ts';

const shared = sharedDatabase();

test('R-SEC-5: fear: Moose cleans a worktree in which the services of a dead Moose still exchange folders for links', async () => {
  const agents = [scriptedAgent('echo says success', { writesCode: true })];
  const { work } = await daemonProject(shared(), 'verifying', { diesAt: 'service:ready', agents });
  await expect(verifying(work)).rejects.toThrow('Moose died');
  const next = await claimedAgain(work);
  expect(await verifying(next)).toMatchObject({ end: 'done', result: { isVerified: true } });
  const rows = await work.database.run((query) => sessionsOf(query, work.order.id));
  // The check had not started, so the worktree was cleaned first.
  const services = rows
    .filter(({ name }) => name === 'web')
    .map(({ attempt, endReason }) => [attempt, endReason]);
  expect(services).toEqual([
    [1, 'released'],
    [2, 'released'],
  ]);
});
