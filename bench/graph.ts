import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type WorkOrderId } from '../src/domain/ids.ts';
import { migrateDurable } from '../src/durable/migrate-durable.ts';
import { startDependents } from '../src/engine/specs/start-planned.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { type Database, openDatabase, type Query } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { addPlan } from '../src/store/work/plans/plannings.ts';
import { approveSpec, changeSpecRun, insertPlanned } from '../src/store/work/plans/running-plans.ts';
import { addSpec } from '../src/store/work/plans/specs.ts';
import { projectOf } from '../src/store/work/projects/projects.ts';
import { edgesOf, type Form, forms } from './graph/forms.ts';
import { type Bench, type BenchOptions, type Figures, goalAtMost } from './measuring/bench.ts';
import { quantile, rounded } from './measuring/statistics.ts';

const by = 'bench';
const large = 1_000;
const small = 100;
/** Allows for the machine's noise and deeper indexes; scanning the graph would be at least ten times as slow. */
const ratioMax = 2;

export const bench: Bench = {
  about:
    'the time that scheduling takes for each finished work order, in graphs of 100 and 1,000 work orders',
  run: async (options) => {
    const directory = await mkdtemp(join(tmpdir(), 'moose-bench-graph-'));
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal: options.signal });
    const database = openDatabase(server.url);
    try {
      await migrate(server.url);
      await migrateDurable(server.url);
      return await measureForms(database, options);
    } finally {
      await database.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measureForms(database: Database, { isQuick, signal, note }: BenchOptions) {
  const figures: Figures = {};
  const goals: Record<string, ReturnType<typeof goalAtMost>> = {};
  for (const form of forms) {
    const { whole, beside } = await measureForm(database, form, isQuick ? small * 3 : large, signal);
    const [first, last] = [shareOf(whole, beside, 0), shareOf(whole, beside, -1)];
    const typical = { whole: typicalOf(whole.flat()), beside: typicalOf(beside.flat()) };
    note(
      `${form}: ${rounded(typical.whole)} ms, and ${rounded(typical.beside)} ms in small graphs beside it`,
    );
    figures[form] = { whole_ms: rounded(typical.whole), small_ms: rounded(typical.beside) };
    goals[`${form}_last`] = goalAtMost(
      `${form}: the last ${small} take as long as the first ${small}`,
      rounded(last / first),
      ratioMax,
    );
    goals[`${form}_size`] = goalAtMost(
      `${form}: each takes as long in the whole graph as in one of ${small}`,
      rounded(typical.whole / typical.beside),
      ratioMax,
    );
  }
  return { figures, goals };
}

/** The fastest quarter, because other load on the machine can only increase a time. */
const typicalOf = (times: readonly number[]): number => quantile(times, 0.25);

/** Relative to the small graph measured beside it, which other load affects equally. */
function shareOf(whole: readonly number[][], beside: readonly number[][], at: number): number {
  return typicalOf(whole.at(at) ?? []) / typicalOf(beside.at(at) ?? []);
}

/** Measures a graph in steps of a hundred work orders, with a small graph beside each step. */
async function measureForm(database: Database, form: Form, size: number, signal: AbortSignal) {
  const ids = await aGraph(database, form, size);
  const whole: number[][] = [];
  const beside: number[][] = [];
  for (let at = 0; at < size; at += small) {
    beside.push(await finishAll(database, await aGraph(database, form, small), signal));
    whole.push(await finishAll(database, ids.slice(at, at + small), signal));
  }
  return { whole, beside };
}

/** Ends these work orders in this order; returns the milliseconds of scheduling after each. */
async function finishAll(
  database: Database,
  ids: readonly WorkOrderId[],
  signal: AbortSignal,
): Promise<number[]> {
  const times: number[] = [];
  for (const id of ids)
    await database.transaction(async (query) => {
      await complete(query, id);
      const startedMs = performance.now();
      await startDependents(query, id, new Date());
      times.push(performance.now() - startedMs);
    }, signal);
  return times;
}

async function complete(query: Query, id: WorkOrderId): Promise<void> {
  const change = query.updateTable('workOrders').where('id', '=', id);
  await change
    .set({ status: 'in_progress', step: 'routing', stepState: 'running', changedBy: by })
    .where('run', '=', 1)
    .executeTakeFirstOrThrow();
  const { numUpdatedRows } = await change
    .set({ status: 'completed', stepState: 'done', changedBy: by })
    .where('status', '=', 'in_progress')
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw new Error('A work order was to end that had not started');
  await query.updateTable('runs').set({ state: 'ended' }).where('workOrderId', '=', id).execute();
}

/** The work orders in an order in which they can end. Those without dependencies have started. */
async function aGraph(database: Database, form: Form, size: number): Promise<WorkOrderId[]> {
  const now = new Date();
  const edges = edgesOf(form, size);
  const ids = edges.map((_on, at) => newId<WorkOrderId>(new Date(now.getTime() - size + at)));
  await database.transaction(async (query) => {
    const specId = randomUUID();
    const project = await projectOf(query, '/srv/bench', now);
    await addSpec(query, {
      id: specId,
      projectId: project.id,
      name: form,
      content: form,
      estimate: {},
      createdBy: by,
    });
    const plan = { summary: form, work_orders: [], contracts: [] };
    const made = { planningId: null, madeBy: by, because: 'bench' };
    await addPlan(query, { id: randomUUID(), specId, plan, problems: [], ...made });
    await approveSpec(query, specId, { version: 1, by, at: now });
    await changeSpecRun(query, specId, 'approved', { to: 'running', by, at: now });
    const idAt = (at: number) => ids[at] as WorkOrderId;
    await insertPlanned(
      query,
      edges.map((on, at) => ({
        id: idAt(at),
        projectId: project.id,
        title: `${at}`,
        timeLimitMs: 1_000,
        changedBy: by,
        specId,
        planKey: `w${at}`,
        waitsFor: on.length,
        run: on.length === 0 ? 1 : 0,
      })),
      edges.flatMap((on, at) =>
        on.map((lower) => ({ workOrderId: idAt(at), dependsOn: idAt(lower), how: 'branch' as const })),
      ),
    );
  });
  return ids;
}
