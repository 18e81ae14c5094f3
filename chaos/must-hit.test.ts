import { expect, test } from 'vitest';
import { newId, type SessionId } from '../src/domain/ids.ts';
import { aWorkOrderAtWork } from '../src/store/work/scratch-rows.fixture.ts';
import { intendSession, updateSession } from '../src/store/work/sessions/session-rows.ts';
import { changeWorkOrder } from '../src/store/work/work-orders/work-orders.ts';
import { sharedDatabase } from '../test/shared-database.ts';
import type { Submitted } from './instance.ts';
import type { Round, Stage } from './scenario.ts';
import { agentCrashes } from './scenarios/agent-crashes.ts';
import { agentHangs } from './scenarios/agent-hangs.ts';
import { diskFull } from './scenarios/disk-full.ts';

const shared = sharedDatabase();
const by = { changedBy: 'human:test', changedBecause: 'made by hand' };

/** A round with one work order, whose agent has ended like this. */
async function round(end: { state: 'exited' | 'stopped'; exitCode: number | null }) {
  const database = shared();
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { step: 'verifying' });
  const id = newId<SessionId>(new Date());
  await intendSession(database.query, {
    id,
    workOrderId,
    runId,
    purpose: 'agent',
    name: 'claude-code',
    cycle: 0,
    attempt: 1,
    host: 'here',
    directory: '/nowhere',
    command: 'claude',
    state: 'intended',
  });
  await updateSession(database.query, id, { ...end, endedAt: new Date() });
  const over = () =>
    changeWorkOrder(database.query, workOrderId, {}, { status: 'completed', stepState: 'done', ...by });
  const orders = [{ id: workOrderId } as unknown as Submitted];
  const stage = { database, orders, signal: new AbortController().signal, disk: null } as unknown as Stage;
  return { stage, over };
}

test.each([agentCrashes, agentHangs])(
  'R-CHA-1: fear: $name counts although no agent was hit',
  async ({ inject }) => {
    const spared = await round({ state: 'exited', exitCode: 0 });
    await spared.over();
    const end = await inject(spared.stage, {} as Round);
    await expect(end()).rejects.toThrow('No agent crashed');
  },
);

test.each([
  { state: 'exited', exitCode: 137 },
  { state: 'exited', exitCode: null },
  { state: 'stopped', exitCode: null },
] as const)('R-CHA-1: an agent that ended like this was hit: $state $exitCode', async (ended) => {
  const { stage } = await round(ended);
  await (await agentCrashes.inject(stage, {} as Round))();
});

test('R-CHA-1: fear: where no disk can be mounted, chaos fills the disk of the machine', async () => {
  const { stage } = await round({ state: 'exited', exitCode: 0 });
  await expect(diskFull.inject({ ...stage, dataDirectory: '/nowhere-at-all' }, {} as Round)).rejects.toThrow(
    'may not mount',
  );
});
