// Runs faults side by side: a continuous stream of work orders, and lanes of faults. The faults of one lane run one
// after the other. A lane always waits for an event, never only for a time.
import { sql } from 'kysely';
import { sleep } from '../src/stdx/async/sleep.ts';
import { Gate } from './gate.ts';
import { type Instance, type Submitted, statusesOf, waitUntilEnded } from './instance.ts';
import { type Ended, endsOf } from './measure.ts';
import { lanes, planLane } from './plan.ts';
import { neededPerson, type RoundResult, runRound } from './run-round.ts';
import type { Lane, Round, Scenario } from './scenario.ts';
import { strike } from './strike.ts';

/** The number of open work orders in the stream. */
const openAtOnce = 6;
/** Every nth work order is for the scripted agent. */
const agentEvery = 4;
const lookEveryMs = 100;
/** The maximum wait for work to continue. */
const goesOnWithinMs = 20_000;
const lastEndsWithinMs = 240_000;

export interface SideBySide {
  seed: number;
  scenarios: readonly Scenario[];
  /** No new fault starts after this instant, by `performance.now()`. */
  untilMs: number;
  /** Reports the end of a lane's round; its work may continue. */
  report(round: Round, because: string | null): void;
}

/** A fault that affected all work of the stream. */
interface Strike {
  round: Round;
  injectedAt: Date;
  /** When Moose worked again. */
  overAt: Date;
  because: string | null;
  /** The work orders that were open when it started. */
  met: readonly Submitted[];
}

export async function runSideBySide(instance: Instance, given: SideBySide): Promise<RoundResult[]> {
  const stream = new Stream(instance);
  const feeding = stream.feed(given.untilMs);
  const laneOf = async (lane: Lane): Promise<RoundResult[] | Strike[]> => {
    const rounds = planLane(given.seed, lane, given.scenarios);
    if (rounds === null) return [];
    const own = /^own (\d+)$/.exec(lane)?.[1];
    return own === undefined
      ? strikesOf(stream, rounds, given)
      : ownRoundsOf(stream, rounds, { ...given, own: Number(own) });
  };
  const [, ...all] = await Promise.all([feeding, ...lanes.map(laneOf)]);
  await waitUntilEnded(instance, stream.orders, lastEndsWithinMs);
  const ends = new Map((await endsOf(instance, instance.submitted)).map((one) => [one.id, one]));
  const strikes = all.flat().filter((one) => 'met' in one);
  return all.flat().map((one) => ('met' in one ? resultOf(one, strikes, ends) : atTheEnd(one, ends)));
}

/** Moose withdraws a question about an outage when that is over, which can be after the round has ended. */
export function atTheEnd(result: RoundResult, ends: ReadonlyMap<string, Ended>): RoundResult {
  const { injectedAt, outcome } = result;
  const orders = result.orders.map((one) => ends.get(one.id) ?? one);
  if (outcome !== 'escalated' || injectedAt === null || orders.some(neededPerson)) return result;
  const lastMs = Math.max(...orders.map(({ at }) => at.getTime()));
  return { ...result, orders, outcome: 'recovered', recoveredMs: lastMs - injectedAt.getTime() };
}

class Stream {
  readonly gate = new Gate();
  readonly orders: Submitted[] = [];
  readonly instance: Instance;
  private open: readonly Submitted[] = [];

  constructor(instance: Instance) {
    this.instance = instance;
  }

  async feed(untilMs: number): Promise<void> {
    while (performance.now() < untilMs) {
      await this.look();
      for (let n = this.open.length; n < openAtOnce; n++) await this.submit();
      await sleep(lookEveryMs, this.instance.signal);
    }
  }

  /** The open work orders. */
  async look(): Promise<readonly Submitted[]> {
    const { database } = this.instance;
    const known = this.open;
    const ids = known.map(({ id }) => id);
    const statuses = await database.run(() => statusesOf(database, ids));
    const ended = new Set(
      known.filter(({ id }) => !['pending', 'in_progress'].includes(statuses.get(id) ?? '')),
    );
    this.open = this.open.filter((one) => !ended.has(one));
    return this.open;
  }

  private async submit(): Promise<void> {
    const agent = this.orders.length % agentEvery === 0 ? { agent: 'works' as const } : {};
    const made = await this.gate.through(() => this.instance.submit(1, agent));
    this.orders.push(...made);
    this.open = [...this.open, ...made];
  }
}

async function ownRoundsOf(
  { instance, gate }: Stream,
  rounds: Iterable<Round>,
  { own, untilMs, report }: SideBySide & { own: number },
): Promise<RoundResult[]> {
  const results: RoundResult[] = [];
  for (const round of rounds) {
    if (performance.now() > untilMs) break;
    const result = await runRound(instance, round, { own, gate });
    results.push(result);
    report(round, result.because);
  }
  return results;
}

async function strikesOf(
  stream: Stream,
  rounds: Iterable<Round>,
  { untilMs, report }: SideBySide,
): Promise<Strike[]> {
  const { instance, gate } = stream;
  const { signal, processes } = instance;
  const strikes: Strike[] = [];
  for (const round of rounds) {
    await sleep(round.afterMs, signal);
    while ((await stream.look()).length === 0 && performance.now() < untilMs)
      await sleep(lookEveryMs, signal);
    if (performance.now() > untilMs) break;
    const met = await stream.look();
    const injectedAt = new Date();
    const act = async () => {
      const because = await strike({ ...instance, orders: met }, round);
      if (round.lane === 'ground') await processes.startMissing();
      return because;
    };
    const because = await (round.scenario.hitsServer ? gate.closedWhile(act) : act());
    report(round, because);
    if (because === null) await goesOn(instance, round);
    strikes.push({ round, injectedAt, overAt: new Date(), because, met });
  }
  return strikes;
}

/** Waits until Moose works again: a model has answered, or a work order has moved to another step. */
async function goesOn({ provider, database, signal }: Instance, round: Round): Promise<void> {
  const answered = provider.answered();
  const endedAt = new Date();
  const hasMoved = async () => {
    const { rows } = await database.run((query) =>
      sql`select 1 from work_order_events where kind = 'transition' and at > ${endedAt} limit 1`.execute(
        query,
      ),
    );
    return rows.length > 0;
  };
  const until = performance.now() + goesOnWithinMs;
  const isBack = async () => (round.lane === 'provider' ? provider.answered() > answered : await hasMoved());
  while (!(await isBack()) && performance.now() < until) await sleep(lookEveryMs, signal);
}

/**
 * A work order that asked a person counts for the faults during which it failed; if it failed during none of those that
 * it met, it counts for all of them.
 */
export function countsFor(
  strike: Pick<Strike, 'injectedAt' | 'overAt'>,
  { failedAt }: Pick<Ended, 'failedAt'>,
  met: readonly Pick<Strike, 'injectedAt' | 'overAt'>[],
): boolean {
  const isDuring = ({ injectedAt, overAt }: Pick<Strike, 'injectedAt' | 'overAt'>) =>
    failedAt.some((at) => injectedAt <= at && at <= overAt);
  return isDuring(strike) || !met.some(isDuring);
}

function resultOf(strike: Strike, strikes: readonly Strike[], all: Map<string, Ended>): RoundResult {
  const { round, injectedAt, because, met } = strike;
  const orders = met.flatMap(({ id }) => all.get(id) ?? []);
  const metBy = (id: string) =>
    strikes.filter((one) => one.because === null && one.met.some((order) => order.id === id));
  const told = { round, because, detectedMs: null, orders };
  if (because !== null) return { ...told, outcome: 'skipped', injectedAt: null, recoveredMs: null };
  const isOpen = orders.some(({ status }) => status === 'pending' || status === 'in_progress');
  const wasAsked = orders.some((one) => neededPerson(one) && countsFor(strike, one, metBy(one.id)));
  const outcome = isOpen ? 'not_ended' : wasAsked ? 'escalated' : 'recovered';
  const lastMs = Math.max(...orders.map(({ at }) => at.getTime()));
  const recoveredMs = outcome === 'recovered' ? lastMs - injectedAt.getTime() : null;
  return { ...told, outcome, injectedAt, recoveredMs };
}
