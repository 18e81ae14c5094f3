// Two machines, and a work order whose agent runs on one of them.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId, type SessionId } from '../../domain/ids.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { runById } from '../../store/work/runs/runs.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { agentElsewhere, patienceMs } from './agent-elsewhere.ts';
import { leaveToOtherMachine } from './leave-to-other-machine.ts';

/** The agent of a work order that runs on the machine alpha, whose last process reported some seconds ago. */
async function ground({ beatSecondsAgo = 1, step = 'applying' as const } = {}) {
  const database = await testDatabase();
  const work = await scratchWork(database, { step, repositoryPath: scratchRepository().path });
  await database.query
    .insertInto('sessions')
    .values({
      id: newId<SessionId>(new Date()),
      workOrderId: work.order.id,
      runId: work.run.id,
      purpose: 'agent',
      name: 'patch',
      host: 'alpha',
      machine: 'a',
      directory: '/nowhere',
      command: 'sh',
      state: 'running',
      cycle: 0,
      attempt: 1,
    })
    .execute();
  await sql`insert into executors (id, host, pid, machine, lock_backend, heartbeat_at)
    values ('dead', 'alpha', 1, 'a', 0, clock_timestamp() - ${beatSecondsAgo} * interval '1 second')`.execute(
    database.query,
  );
  const on = (host: string, machine: string, laterMs = 0) => ({
    ...work,
    machine,
    settings: { ...work.settings, host },
    clock: { now: () => new Date(Date.now() + laterMs) },
  });
  const { order, project } = work;
  const found = async () => {
    const run = await runById(database.query, work.run.id);
    if (!run) throw new Error('There is no run');
    return { run, order, project };
  };
  return { work, on, found };
}

test('R-BASE-2: a work order whose agent runs on another machine is left to it for some seconds, and then taken up', async () => {
  const { work, on, found } = await ground();
  const { run } = await found();
  const host = { executorId: 'beta', slots: work.slots, leg: run.leg };
  expect(await leaveToOtherMachine(on('beta', 'b'), await found(), host, work.signal)).toBe(true);
  const left = await found();
  expect(left.run).toMatchObject({ declinedBy: ['beta'], declines: 1 });
  expect(left.run.waitingFor).toContain('patch still runs on alpha');
  expect(await agentElsewhere(on('beta', 'b', 1_000), left, work.signal)).toMatchObject({
    code: 'AGENT_ELSEWHERE',
    metadata: { host: 'alpha' },
  });
  expect(await agentElsewhere(on('beta', 'b', patienceMs + 1_000), left, work.signal)).toBeUndefined();
  // The clock of this machine is an hour behind that of the one that left it.
  expect(await agentElsewhere(on('beta', 'b', -3_600_000), left, work.signal)).toBeUndefined();
});

test('R-BASE-2: the machine of the agent takes the work order up at once', async () => {
  const { work, on, found } = await ground();
  expect(await agentElsewhere(on('alpha', 'a'), await found(), work.signal)).toBeUndefined();
  // Another machine with the same name is not the machine of the agent.
  expect(await agentElsewhere(on('alpha', 'another'), await found(), work.signal)).toBeDefined();
});

test('R-BASE-2: nothing waits for a machine that was silent before, nor a cancelled work order, nor another step', async () => {
  const silent = await ground({ beatSecondsAgo: 16 });
  expect(
    await agentElsewhere(silent.on('beta', 'b'), await silent.found(), silent.work.signal),
  ).toBeUndefined();
  const { work, on, found } = await ground();
  const { run, order, project } = await found();
  for (const other of [{ cancelRequestedAt: new Date() }, { step: 'verifying' as const }]) {
    const standing = { run, project, order: { ...order, ...other } };
    expect(await agentElsewhere(on('beta', 'b'), standing, work.signal)).toBeUndefined();
  }
});
