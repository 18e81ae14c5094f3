import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { kindOfOrder } from '../../domain/plan/order-kind.ts';
import { planned, planOf } from '../../domain/plan/plan.fixture.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { finishedCosts } from '../../store/figures/finished-costs.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { defaultAssessmentPolicy } from '../policy/assessment-policy.ts';
import { estimateOrders, hardStopsIn, sampleMin, totalOf } from './estimate-orders.ts';

const cent = 10n ** 7n;
const range = (cents: bigint) => ({
  lowNanoUsd: cents * cent,
  midNanoUsd: 2n * cents * cent,
  highNanoUsd: 3n * cents * cent,
});
const easy = planOf([planned('basket', { complexity: 0.1 })]);
const all = { kind: null, band: null, count: 100, ...range(50n) };
const low = { kind: null, band: 'low' as const, count: sampleMin, ...range(20n) };
const lowSource = { kind: 'source', band: 'low' as const, count: sampleMin, ...range(10n) };

test('R-SPEC-1: an estimate is from finished work orders that are most like it, and there must be enough of them', () => {
  const of = (finished: Parameters<typeof estimateOrders>[1]) => estimateOrders(easy, finished).get('basket');
  expect(of([all, low, lowSource])).toMatchObject({ basis: 'kind', sample: sampleMin, ...range(10n) });
  expect(of([all, low, { ...lowSource, count: sampleMin - 1 }])).toMatchObject({
    basis: 'complexity',
    ...range(20n),
  });
  expect(of([all, { ...low, band: 'high' }])).toMatchObject({ basis: 'all', sample: 100, ...range(50n) });
  const unknown = of([{ ...all, count: sampleMin - 1 }]);
  expect(unknown).toMatchObject({ basis: 'policy', sample: 0, kind: 'source', complexity: 0.1 });
  expect(Number(unknown?.highNanoUsd) / Number(unknown?.lowNanoUsd)).toBe(20);
});

test('without history, the dear list price is that of hard and of risky work', () => {
  const plan = planOf([
    planned('easy', { complexity: 0 }),
    planned('hard', { complexity: 1 }),
    planned('risky', { complexity: 0, title: 'Store the password' }),
  ]);
  const estimates = estimateOrders(plan, []);
  expect([...estimates.values()].map(({ midNanoUsd }) => midNanoUsd / cent)).toEqual([5n, 125n, 125n]);
  expect(totalOf(estimates.values()).midNanoUsd / cent).toBe(255n);
});

test('a hard stop is found in the text, the acceptance and the paths of a work order', () => {
  const words = (change: Parameters<typeof planned>[1]) =>
    hardStopsIn(planned('a', change), defaultAssessmentPolicy);
  expect(words({})).toEqual([]);
  expect(words({ description: 'Encrypt it.' })).toEqual(['crypto']);
  expect(words({ files: [{ path: 'src/auth/session.ts', act: 'create', kind: 'source' }] })).toEqual([
    'auth',
  ]);
  expect(words({ acceptance: [{ text: 'A refund is paid', proof: 'command', target: 'npm test' }] })).toEqual(
    ['payment'],
  );
});

test('fear: a hard stop is hidden behind a long text, in a contract, or in letters that only look like it', () => {
  const words = (change: Parameters<typeof planned>[1], contracts: Plan['contracts'] = []) =>
    hardStopsIn(planned('a', change), defaultAssessmentPolicy, contracts);
  const target = 'y'.repeat(2_000);
  const padding = Array.from({ length: 30 }, () => ({ text: target, proof: 'command', target }));
  const paths = Array.from({ length: 100 }, (_, at) => ({
    path: `${at}/${'z'.repeat(1_000)}`,
    act: 'create',
  }));
  const files = paths.map((file) => ({ ...file, kind: 'source' }));
  const last = { text: 'The password is sent', proof: 'command', target: 'npm test' };
  const description = 'x '.repeat(10_000);
  expect(words({ description, files, acceptance: [...padding.slice(1), last] })).toEqual(['password']);
  for (const hidden of [
    'pass\u200bword',
    'pass\u00adword',
    'p\u0430ssword',
    'p\u0430\u0301ssw\u03bfrd',
    'ｐａｓｓｗｏｒｄ',
  ])
    expect(words({ description: `Store the ${hidden}.` }), hidden).toEqual(['password']);
  const contract = { kind: 'command', path: 'src/a.ts', provider: 'b', users: ['a'], command: 'true' };
  expect(words({}, [{ ...contract, name: 'Session token' }])).toEqual(['token']);
  expect(words({}, [{ ...contract, name: 'Session token', users: ['c'] }])).toEqual([]);
});

test('the kind of a work order is that of its most demanding file', () => {
  const files = (...kinds: string[]) => ({
    files: kinds.map((kind) => ({ path: kind, act: 'create', kind })),
  });
  expect(kindOfOrder(files('docs', 'test', 'source'))).toBe('source');
  expect(kindOfOrder(files('source', 'migration'))).toBe('migration');
  expect(kindOfOrder(files())).toBe('none');
});

test('R-LRN-2: finished costs are quantiles of completed work orders, by complexity, without scripted and failed ones', async () => {
  const database = await testDatabase();
  for (let at = 1; at <= 12; at += 1) {
    const { workOrderId, runId } = await aWorkOrderAtWork(database);
    await sql`insert into outcome_vectors (id, work_order_id, run_id, success, agent, complexity, features, cost_nano_usd,
        duration_ms, refinement_cycles)
      values (gen_random_uuid(), ${workOrderId}, ${runId}, true, 'patch', ${at <= 10 ? 0.1 : 0.9}, '{}', 0, 0, 0)`.execute(
      database.query,
    );
    await sql`update work_orders set cost_nano_usd = ${(BigInt(at) * cent).toString()}::bigint,
      status = ${at === 12 ? 'failed' : 'completed'}::work_order_status, step_state = 'done', is_scripted = ${at === 11}
      where id = ${workOrderId}`.execute(database.query);
  }
  const costs = await finishedCosts(database.query);
  expect(costs.find(({ band }) => band === 'low')).toEqual({
    kind: null,
    band: 'low',
    count: 10,
    lowNanoUsd: cent,
    midNanoUsd: 5n * cent,
    highNanoUsd: 9n * cent,
  });
  expect(costs.find(({ band }) => band === null)).toMatchObject({ count: 10 });
  expect(costs.map(({ band }) => band)).not.toContain('high');
});
