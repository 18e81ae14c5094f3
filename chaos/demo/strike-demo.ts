// One fault on the demo: submits work, injures it in the middle, and follows it to its end.
import { sql } from 'kysely';
import type { DemoStrike } from '../../src/contract/contract.ts';
import { calmWorkOrders } from '../../src/demo/demo-work-orders.ts';
import { sleep } from '../../src/stdx/sleep.ts';
import { type Instance, type Submitted, waitUntilEnded } from '../instance.ts';
import { endsOf } from '../measure.ts';
import { type End, NoTarget, type Round, type Stage } from '../scenario.ts';
import type { Injury } from './demo-faults.ts';
import { doneSince, recordedSince } from './what-moose-recorded.ts';

const endsWithinMs = 120_000;
const lookEveryMs = 200;
const atWorkMsMax = 60_000;

export interface DemoGround {
  instance: Instance;
  /** The scratch project of the demo. */
  tillPath: string;
}

export interface Listeners {
  /** Called with the strike whenever something has changed. */
  tell(strike: DemoStrike): void;
  onSubmitted(order: Submitted): void;
}

export function newStrike(number: number, { title, scenario }: Injury): DemoStrike {
  return {
    ...{ number, fault: scenario.name, title, state: 'beginning', because: null },
    ...{ began_at: new Date().toISOString(), injected_at: null, noticed_ms: null, noticed: [] },
    ...{ did: [], recovered_ms: null, work_orders: [] },
  };
}

/** Updates `strike` while it goes on. */
export async function strikeDemo(
  { instance, tillPath }: DemoGround,
  strike: DemoStrike,
  { scenario }: Injury,
  given: Listeners,
): Promise<void> {
  const tell = (change: Partial<DemoStrike>) => given.tell(Object.assign(strike, change));
  const orders = await submitWork({ instance, tillPath }, scenario, given.onSubmitted);
  tell({ work_orders: orders.map(({ id, title }) => ({ id, title, status: 'pending' })) });
  const stage: Stage = { ...instance, orders };
  const [, lastsMs] = scenario.lastsMs;
  const round: Round = { number: strike.number, lane: null, scenario, afterMs: 0, lastsMs, pick: 0 };
  // A fault of the provider has to be there before the first call.
  if (scenario.group !== 'provider') await waitUntilAtWork(stage);
  const since = new Date();
  const begun = await unlessNoTarget(() => scenario.inject(stage, round));
  const times = { since, injectedAt: new Date() };
  let because = begun.because;
  if (begun.because === null) tell({ state: 'injected', injected_at: times.injectedAt.toISOString() });
  const isOver = new AbortController();
  const toItsEnd = async () => {
    try {
      if (begun.value) because = await endAfter(stage, lastsMs, begun.value);
      await instance.processes.startMissing();
      return await waitUntilEnded(instance, orders, endsWithinMs);
    } finally {
      isOver.abort();
    }
  };
  const [hasEnded] = await Promise.all([toItsEnd(), watch(stage, times, isOver.signal, tell)]);
  await tellSeen(stage, times, tell);
  await tellEnd(stage, { hasEnded, because, injectedAt: times.injectedAt }, tell);
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

async function submitWork(
  { instance, tillPath }: DemoGround,
  scenario: Injury['scenario'],
  onSubmitted: Listeners['onSubmitted'],
): Promise<Submitted[]> {
  const ofAgent = scenario.agent ? await instance.submit(1, { scenario }) : [];
  for (const order of ofAgent) onSubmitted(order);
  const made: Submitted[] = [];
  for (const one of calmWorkOrders.slice(ofAgent.length)) {
    const { order } = await instance.moose.submit({ ...one, repositoryPath: tillPath });
    const { id, title } = order;
    const submitted = { id, title, number: 0, repositoryPath: tillPath, remotePath: null };
    const whole = { ...submitted, scenario: scenario.name, limitNanoUsd: 0n };
    made.push(whole);
    onSubmitted(whole);
  }
  return [...ofAgent, ...made];
}

/** Waits until a work order is past its preparation. */
async function waitUntilAtWork({ database, orders, signal }: Stage): Promise<void> {
  const ids = orders.map(({ id }) => id);
  const untilMs = performance.now() + atWorkMsMax;
  for (;;) {
    const { rows } = await database.run((query) =>
      sql`select from work_orders where id = any (${ids}::uuid[])
        and (step not in ('routing', 'preparing') or status not in ('pending', 'in_progress')) limit 1`.execute(
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
  tell: (change: Partial<DemoStrike>) => void,
): Promise<void> {
  while (!signal.aborted && !stage.signal.aborted) {
    await tellSeen(stage, times, tell);
    await sleep(lookEveryMs);
  }
}

async function tellSeen(
  { database, orders }: Stage,
  { since, injectedAt }: Since,
  tell: (change: Partial<DemoStrike>) => void,
): Promise<void> {
  const ids = orders.map(({ id }) => id);
  const recorded = await recordedSince(database, ids, since);
  const noticed = recorded.map(({ at, what }) => ({ after_ms: after(injectedAt, at), what }));
  const did = await doneSince(database, ids, since);
  tell({ noticed, did, noticed_ms: noticed[0]?.after_ms ?? null });
}

const after = (from: Date, to: Date) => Math.max(0, to.getTime() - from.getTime());

async function tellEnd(
  stage: Stage,
  { hasEnded, because, injectedAt }: { hasEnded: boolean; because: string | null; injectedAt: Date },
  tell: (change: Partial<DemoStrike>) => void,
): Promise<void> {
  const ends = await endsOf(stage, stage.orders);
  const isCompleted = ends.every(({ status }) => status === 'completed');
  const isAsked = ends.some(({ wasAsked }) => wasAsked);
  const outcome = !hasEnded ? 'not_ended' : isCompleted && !isAsked ? 'recovered' : 'asked';
  const lastAt = new Date(Math.max(...ends.map(({ at }) => at.getTime())));
  tell({
    state: because === null ? outcome : 'skipped',
    because,
    recovered_ms: because === null && outcome === 'recovered' ? after(injectedAt, lastAt) : null,
    work_orders: ends.map(({ id, title, status }) => ({ id, title, status })),
  });
}
