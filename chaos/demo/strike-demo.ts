// One fault on the demo: submits work, injures it in the middle, and follows it to its end.
import { sql } from 'kysely';
import type { DemoStrike } from '../../src/contract/contract.ts';
import { calmWorkOrders } from '../../src/demo/demo-work-orders.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { type Instance, type Submitted, waitUntilEnded } from '../instance.ts';
import { endsOf } from '../measure.ts';
import { neededPerson } from '../run-round.ts';
import { type End, NoTarget, type Round, type Stage } from '../scenario.ts';
import type { Injury } from './demo-faults.ts';
import { doneSince, recordedSince } from './what-moose-recorded.ts';

/** Half a minute is usual; a busy machine needs more. */
const endsWithinMs = 300_000;
const lookEveryMs = 200;
const atWorkMsMax = 60_000;

export interface DemoGround {
  instance: Instance;
  /** The scratch project of the demo. */
  tillPath: string;
}

export interface Listeners {
  /** Called with the strike whenever something has changed. */
  report(strike: DemoStrike): void;
  onSubmitted(order: Submitted): void;
}

export function newStrike(number: number, { title, scenario }: Injury): DemoStrike {
  return {
    number,
    fault: scenario.name,
    title,
    state: 'beginning',
    because: null,
    began_at: new Date().toISOString(),
    injected_at: null,
    noticed_ms: null,
    noticed: [],
    did: [],
    recovered_ms: null,
    work_orders: [],
  };
}

/** Updates `strike` while the fault lasts. */
export async function strikeDemo(
  ground: DemoGround,
  strike: DemoStrike,
  { scenario }: Injury,
  given: Listeners,
): Promise<void> {
  const { instance } = ground;
  const report = (change: Partial<DemoStrike>) => given.report(Object.assign(strike, change));
  const orders: Submitted[] = [];
  const stage: Stage = { ...instance, orders };
  const submit = async (count: number) => {
    for (let n = 0; n < count; n++) {
      const order = await submitNext(ground, scenario, orders.length);
      orders.push(order);
      given.onSubmitted(order);
      report({ work_orders: orders.map(({ id, title }) => ({ id, title, status: 'pending' })) });
    }
  };
  // A fault of the provider has to be there before the first call. Others find one work order at work, and
  // more follow.
  const isBefore = scenario.group === 'provider';
  await submit(isBefore ? calmWorkOrders.length : 1);
  const [, lastsMs] = scenario.lastsMs;
  const round: Round = { number: strike.number, lane: null, scenario, afterMs: 0, lastsMs, pick: 0 };
  if (!isBefore) await waitUntilAtWork(stage);
  const since = new Date();
  const begun = await unlessNoTarget(() => scenario.inject(stage, round));
  const times = { since, injectedAt: new Date() };
  let because = begun.because;
  if (begun.because === null) report({ state: 'injected', injected_at: times.injectedAt.toISOString() });
  const isOver = new AbortController();
  const toItsEnd = async () => {
    try {
      await submit(calmWorkOrders.length - orders.length);
      if (begun.value) because = await endAfter(stage, lastsMs, begun.value);
      await instance.processes.startMissing();
      return await waitUntilEnded(instance, orders, endsWithinMs);
    } finally {
      isOver.abort();
    }
  };
  const [hasEnded] = await Promise.all([toItsEnd(), watch(stage, times, isOver.signal, report)]);
  await reportSeen(stage, times, report);
  await reportEnd(stage, { hasEnded, because, injectedAt: times.injectedAt }, report);
}

/** Returns why the fault has hit nothing; null if it has hit something. */
async function endAfter({ signal }: Stage, lastsMs: number, end: End): Promise<string | null> {
  const ended = await unlessNoTarget(async () => {
    try {
      await sleep(lastsMs, signal);
    } finally {
      await end();
    }
  });
  return ended.because;
}

async function unlessNoTarget<T>(
  act: () => Promise<T>,
): Promise<{ value: T | null; because: string | null }> {
  try {
    return { value: await act(), because: null };
  } catch (error) {
    if (!(error instanceof NoTarget)) throw error;
    return { value: null, because: error.message };
  }
}

/** The first one is the agent's, if the fault is one of agents. */
async function submitNext(
  { instance, tillPath }: DemoGround,
  scenario: Injury['scenario'],
  at: number,
): Promise<Submitted> {
  const [ofAgent] = at === 0 && scenario.agent ? await instance.submit(1, { scenario }) : [];
  if (ofAgent) return ofAgent;
  const work = calmWorkOrders[at % calmWorkOrders.length];
  if (!work) throw new TypeError('The demo has no work');
  const { order } = await instance.moose.submit({ ...work, repositoryPath: tillPath });
  return {
    id: order.id,
    title: order.title,
    number: 0,
    repositoryPath: tillPath,
    remotePath: null,
    scenario: scenario.name,
    limitNanoUsd: 0n,
  };
}

/** Waits until a model has answered. */
async function waitUntilAtWork({ database, orders, signal }: Stage): Promise<void> {
  const ids = orders.map(({ id }) => id);
  const untilMs = performance.now() + atWorkMsMax;
  for (;;) {
    const { rows } = await database.run((query) =>
      sql`select from work_orders where id = any (${ids}::uuid[])
        and (step not in ('routing', 'preparing', 'generating') or status not in ('pending', 'in_progress')) limit 1`.execute(
        query,
      ),
    );
    if (rows.length > 0 || performance.now() > untilMs) return;
    await sleep(lookEveryMs, signal);
  }
}

interface Since {
  /** Shortly before the fault: what it causes may be recorded before it is known to have been injected. */
  since: Date;
  injectedAt: Date;
}

async function watch(
  stage: Stage,
  times: Since,
  signal: AbortSignal,
  report: (change: Partial<DemoStrike>) => void,
): Promise<void> {
  while (!signal.aborted && !stage.signal.aborted) {
    await reportSeen(stage, times, report);
    await sleep(lookEveryMs);
  }
}

async function reportSeen(
  { database, dataDirectory, orders }: Stage,
  { since, injectedAt }: Since,
  report: (change: Partial<DemoStrike>) => void,
): Promise<void> {
  const ids = orders.map(({ id }) => id);
  const recorded = await recordedSince({ database, dataDirectory }, ids, since);
  const noticed = recorded.map(({ at, what }) => ({ after_ms: after(injectedAt, at), what }));
  const did = await doneSince(database, ids, since);
  report({ noticed, did, noticed_ms: noticed[0]?.after_ms ?? null });
}

const after = (from: Date, to: Date) => Math.max(0, to.getTime() - from.getTime());

async function reportEnd(
  stage: Stage,
  { hasEnded, because, injectedAt }: { hasEnded: boolean; because: string | null; injectedAt: Date },
  report: (change: Partial<DemoStrike>) => void,
): Promise<void> {
  const ends = await endsOf(stage, stage.orders);
  const outcome = !hasEnded ? 'not_ended' : ends.some(neededPerson) ? 'asked' : 'recovered';
  const lastAt = new Date(Math.max(...ends.map(({ at }) => at.getTime())));
  report({
    state: because === null ? outcome : 'skipped',
    because,
    recovered_ms: because === null && outcome === 'recovered' ? after(injectedAt, lastAt) : null,
    work_orders: ends.map(({ id, title, status }) => ({ id, title, status })),
  });
}
