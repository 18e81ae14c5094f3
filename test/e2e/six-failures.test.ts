// R-GO-2: an agent that fails in its first attempt only recovers without a person, with one more attempt, and no run is
// asked about. A shell script with a loop does this too.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { git } from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  // These agents fail independently, so their circuit must not open here.
  ground = await openGround({ MOOSE_CIRCUIT_FAILURES: '1000', MOOSE_AGENT_START_MS: '20000' });
});
afterAll(() => ground.close());

const limited = {
  status: 429,
  body: { type: 'error', error: { type: 'rate_limit_error', message: 'Slower.' } },
  headers: { 'retry-after': '0' },
};

async function behaves(behaviour: string, given: Partial<Parameters<Ground['submit']>[0] & object> = {}) {
  const submitted = await ground.submit({
    agent: 'claude-code',
    description: `Behave: ${behaviour}`,
    timeLimitMs: 120_000,
    ...given,
  });
  return { ...submitted, detail: await ground.settled(submitted.id) };
}

test.concurrent.each([
  ['ends with exit code 1', 'fail-once'],
  ['hangs before it says anything', 'mute-once'],
  ['is limited by its provider', 'limited-once'],
  ['is killed', 'die-once'],
  ['floods its output', 'flood-once'],
])('R-GO-2: an agent that %s, once, gets one more attempt, and nobody is asked', async (_, behaviour) => {
  let calls = 0;
  const answer = () => {
    calls += 1;
    return behaviour === 'limited-once' && calls === 1 ? limited : writes('a.txt', 'a\n');
  };
  const { id, detail } = await behaves(behaviour, { answer });
  expect(detail).toMatchObject({ status: 'completed', failure: null, counters: { agent_runs: 2 } });
  const { query } = ground.opened.database;
  expect(
    await query
      .selectFrom('escalations')
      .select('title')
      .where('workOrderId', '=', id as WorkOrderId)
      .execute(),
  ).toEqual([]);
});

test.concurrent('R-GO-2: the fresh attempt knows how the previous one ended', async () => {
  const { detail, repositoryPath } = await behaves('tell');
  expect(detail.status).toBe('completed');
  const prompt = await git(repositoryPath, 'show', `${detail.branch}:prompt.txt`);
  expect(prompt).toContain('An attempt at this ended early');
  expect(prompt).toContain('The moon is away');
});

test.concurrent('R-GO-2: what the machine lacks for the agent is named, and not tried again', async () => {
  const { detail } = await behaves('lacking');
  expect(detail).toMatchObject({
    status: 'needs_review',
    failure: { code: 'AGENT_CANNOT_RUN', message: expect.stringContaining("Cannot find module 'zod'") },
    counters: { agent_runs: 1 },
  });
});

test('R-ESC-6: the time to detection is that from the end of an agent to the row of its failure', async () => {
  const { mean_time_to_detection_ms } = await ground.opened.moose.escalations.measures();
  expect(mean_time_to_detection_ms).toBeGreaterThan(0);
  expect(mean_time_to_detection_ms).toBeLessThan(60_000);
  const { rows } = await sql<{ rows: number }>`select count(*)::int as rows from error_events e
    join sessions s on s.id = e.session_id where s.ended_at < e.recorded_at`.execute(
    ground.opened.database.query,
  );
  expect(rows[0]?.rows).toBeGreaterThan(3);
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
