// Commands as the agents of work orders (R-AGENT-2): the whole pipeline, without a model and without money.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideDue } from '../../src/engine/commands/schedules/decide-due.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { createFarm } from './farm.fixture.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { branches, git, makeRepository } from './repository.fixture.ts';

let ground: Ground;

beforeAll(async () => {
  // No key, and so no model that could be called: a command needs none.
  ground = await openGround({ MOOSE_MODELS: 'anthropic/claude-sonnet-4-5' });
  // With half a cent, nothing begins that needs money.
  await ground.opened.moose.limits({ dailyNanoUsd: 5_000_000n, monthlyNanoUsd: 5_000_000n });
  await ground.opened.database.query.updateTable('budgetWindows').set({ isFrozen: true }).execute();
});
afterAll(() => ground?.close());

const spent = async (id: string) => {
  const { rows } = await sql<{ rows: number }>`select count(*)::int as rows from cost_tracking
    where work_order_id = ${id} or metadata ->> 'work_order_id' = ${id}`.execute(
    ground.opened.database.query,
  );
  return rows[0]?.rows;
};

test('R-AGENT-2: a formatter ends in a pull request at $0, although the money is used up and no model has a key', async () => {
  const checks = [{ kind: 'test', command: 'grep -q "^hello$" greeting.txt', source: 'given' }] as const;
  const command = "sed -i 's/Hello/hello/' greeting.txt && echo formatted greeting.txt";
  const { id, repositoryPath } = await ground.submit({ command, checks });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({
    status: 'completed',
    command,
    agent: 'command',
    model: null,
    cost_usd: 0,
    verification: { is_verified: true },
    counters: { model_calls: 0, agent_runs: 1, refinement_cycles: 0 },
    costs: [],
  });
  expect(detail.pull_requests).toMatchObject([{ state: 'open' }]);
  expect(await git(repositoryPath, 'show', `${detail.branch}:greeting.txt`)).toBe('hello');
  expect(ground.callsFor(id)).toBe(0);
  expect(await spent(id)).toBe(0);
  const [pull] = await ground.opened.database.query
    .selectFrom('pullRequests')
    .select('body')
    .where('workOrderId', '=', id as never)
    .execute();
  expect(pull?.body).toContain('Made by the command');
});

test('R-AGENT-2: a command that fails gets one fresh attempt, and a person sees the end of its output', async () => {
  const { id } = await ground.submit({ command: 'echo "rule no-tabs is unknown" >&2; exit 1' });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({
    status: 'needs_review',
    failure: { code: 'COMMAND_FAILED', message: expect.stringContaining('rule no-tabs is unknown') },
    counters: { agent_runs: 2, model_calls: 0 },
  });
  const question = await ground.opened.moose.escalations.one(String(detail.escalation_id));
  expect(question.options.map(({ kind }) => kind)).not.toContain('other_agent');
  expect(await spent(id)).toBe(0);
});

test('R-AGENT-2: a red check goes to a person, and the command does not run again', async () => {
  const checks = [{ kind: 'test', command: 'test ! -e made.txt', source: 'given' }] as const;
  const { id } = await ground.submit({ command: 'echo new > made.txt', checks });
  expect(await ground.settled(id)).toMatchObject({
    status: 'needs_review',
    step: 'verifying',
    counters: { agent_runs: 1, refinement_cycles: 0 },
  });
});

test('R-AGENT-2: a command that changes nothing is completed without a pull request, and leaves nothing', async () => {
  const { id, repositoryPath } = await ground.submit({ command: 'true' });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({
    status: 'completed',
    pull_request: null,
    pull_requests: [],
    needs_you: false,
  });
  expect(detail.explain).toContain('the command changed nothing, so there is no pull request');
  expect(await branches(repositoryPath)).toEqual(['main']);
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});

test('R-AGENT-2: a schedule submits a command, and one that changes nothing is its good end', async () => {
  const { opened, directory } = ground;
  const repositoryPath = await makeRepository(`${directory}/scheduled`);
  const { schedule } = await opened.moose.schedules.add(
    {
      name: 'nightly',
      title: 'Format',
      command: 'true',
      cron: `${(new Date().getUTCMinutes() + 55) % 60} * * * *`,
      timeZone: 'UTC',
      whenOpen: 'skip',
      catchUpMs: 86_400_000,
      limitNanoUsd: 10_000_000n,
      repositoryPath,
    },
    { tokenId: null, role: 'admin' },
  );
  const { database } = opened;
  await sql`update schedules set next_due_at = next_due_at - interval '1 hour' where id = ${schedule.id}`.execute(
    database.query,
  );
  // The worker may have decided about it already.
  const { signal } = new AbortController();
  await decideDue({ database, clock: systemClock, reached: () => undefined }, schedule.id, signal);
  const { last_run } = await opened.moose.schedules.one('nightly');
  expect(last_run).toMatchObject({ outcome: 'submitted' });
  const id = String(last_run?.work_order?.id);
  expect(await ground.settled(id)).toMatchObject({
    status: 'completed',
    command: 'true',
    pull_request: null,
  });
  expect(await spent(id)).toBe(0);
});

test(
  'R-AGENT-2: a Moose that is killed while a command runs finds it again, and it runs once',
  async () => {
    const farm = await createFarm(1);
    try {
      await farm.submit(1, { command: 'mkdir -p files; echo right >> files/1.txt' });
      for (const point of ['agent:started', 'applying:committed', 'push:acted']) {
        const dying = await farm.start({ MOOSE_DIE_AT: point });
        await dying.gone;
      }
      const last = await farm.start();
      await farm.finished([last], 3 * 60_000);
      const { rows } = await sql<{ status: string; runs: number; branch: string }>`
        select status, agent_runs as runs, branch from work_orders`.execute(farm.database.query);
      expect(rows).toMatchObject([{ status: 'completed', runs: 1 }]);
      const [repository = ''] = farm.repositories;
      expect(await git(repository, 'show', `${rows[0]?.branch}:files/1.txt`)).toBe('right');
      expect(farm.provider.calls()).toEqual([]);
      await last.stop();
    } finally {
      await farm.close();
    }
  },
  5 * 60_000,
);
