// A forge that fails for one pull request, and one that fails for all of them.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { ExternalServiceError, TransientError } from '../../domain/failure.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { followedGround, passing } from './followed-ground.fixture.ts';
import { awaitingCi, look, pushed, type ScriptedForge, scriptedForge } from './next/followed.fixture.ts';

const shared = sharedDatabase();

/** Pull requests on one host that are asked about in this order, each of a separate project. */
async function pullRequests(count: number) {
  const { database } = await followedGround(shared());
  await database.query.updateTable('pullRequests').set({ nextLookAt: null }).execute();
  const forges = new Map<string, ScriptedForge>();
  const all = [];
  for (let at = 0; at < count; at++) {
    const scratch = await awaitingCi(database, { title: `Number ${at}` });
    const { workOrderId } = scratch;
    const of = database.query.updateTable('pullRequests').set({ looksUnchanged: at });
    await of.where('workOrderId', '=', workOrderId).execute();
    const forge = scriptedForge();
    forge.verdicts[pushed] = passing;
    forges.set(scratch.projectId, forge);
    const row = async () => {
      const found = await pullRequestOf(database.query, workOrderId);
      if (!found) throw new Error('There is no pull request');
      return { ...found, restMs: (found.nextLookAt?.getTime() ?? 0) - Date.now() };
    };
    all.push({ forge, row, order: () => theWorkOrder(database, workOrderId) });
  }
  const of = async (projectId: string) => forges.get(projectId) ?? scriptedForge();
  return { all, look: () => look(database, scriptedForge(), {}, { forges: { of } }) };
}

const unavailable = new TransientError({
  component: 'forges',
  operation: 'GET /pulls/7',
  code: 'FORGE_UNAVAILABLE',
  message: 'git.example.com fails or is overloaded (HTTP 500).',
  advice: 'Wait.',
});

test('R-SEN-7: fear: a forge that always fails for one pull request keeps Moose from all others', async () => {
  const { all, look: looked } = await pullRequests(3);
  const [broken, second, third] = all;
  if (!broken || !second || !third) throw new Error('There are three');
  broken.forge.failures.find = unavailable;
  await looked();
  expect(await second.order()).toMatchObject({ status: 'completed' });
  expect(await third.order()).toMatchObject({ status: 'completed' });
  expect(await broken.order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  const { waitingFor, restMs } = await broken.row();
  expect(waitingFor).toBe(`Moose could not ask the forge: ${unavailable.message}`);
  expect(restMs).toBeGreaterThan(60_000);
});

test('R-SEN-7: a limit of the host is what its work orders wait for, and until when', async () => {
  const { all, look: looked } = await pullRequests(2);
  for (const { forge } of all)
    forge.failures.find = new ExternalServiceError({
      component: 'forges',
      operation: 'call',
      code: 'FORGE_PAUSED',
      retryAfterMs: 40 * 60_000,
      message: 'Calls to git.example.com are paused for 40 min: the rest of the limit is reserved.',
    });
  await looked();
  for (const { row } of all) {
    const { waitingFor, nextLookAt, restMs } = await row();
    expect(restMs).toBeGreaterThan(39 * 60_000);
    expect(waitingFor).toContain('the rest of the limit is reserved');
    expect(waitingFor).toContain(`Moose asks again at ${nextLookAt?.toISOString().slice(11, 16)}`);
  }
});

test('R-SEN-7: a forge that fails for two in a row is left alone, and all of its pull requests wait', async () => {
  const { all, look: looked } = await pullRequests(3);
  for (const { forge } of all) forge.failures.find = unavailable;
  await looked();
  const [first, second, third] = all;
  expect(first?.forge.calls).not.toEqual([]);
  expect(second?.forge.calls).not.toEqual([]);
  expect(third?.forge.calls).toEqual([]);
  for (const { row } of all) expect((await row()).restMs).toBeGreaterThan(30_000);
});
