// A log of decisions in memory: numbers only, so that millions of decisions fit.
import type { DecisionLine } from '../../../contract/contract.ts';
import { stopping } from '../../../domain/learning/decide.ts';
import { logUnreadable } from './replay-failure.ts';

export interface LoggedTry {
  /** An index of `arms`; -1 is stopping. */
  arm: number;
  try: number;
  passed: boolean;
  cost: number;
  propensity: number;
  /** The arm that each plan would have chosen here: an index of `arms`, or -1. */
  wanted: number[];
}

export interface DecisionLog {
  arms: string[];
  plans: readonly (readonly string[])[];
  workOrders: LoggedTry[][];
  decisions: number;
  minPropensity: number;
}

const decisionsMax = 5_000_000;
const sumTolerance = 1e-6;

/** Collects the lines of a log. A plan is simulated on the arms that the log lists as available or tried. */
export class LogReader {
  readonly log: DecisionLog;
  readonly #arms = new Map<string, number>();
  readonly #workOrders = new Map<string, LoggedTry[]>();

  constructor(plans: readonly (readonly string[])[]) {
    this.log = { arms: [], plans, workOrders: [], decisions: 0, minPropensity: 1 };
    for (const arm of plans.flat()) this.#indexOf(arm);
  }

  add(line: DecisionLine, number: number): void {
    const { log } = this;
    const of = line.arm ?? stopping;
    const propensity = Object.hasOwn(line.propensities, of) ? (line.propensities[of] ?? 0) : 0;
    this.#check(line, { number, propensity });
    const tries = this.#triesOf(line);
    const last = tries.at(-1);
    if (last && (last.passed || last.arm < 0))
      throw logUnreadable(number, `task "${line.task}" had already ended in order ${line.order}`);
    if (line.try !== (last?.try ?? 0) + 1)
      throw logUnreadable(number, `try ${line.try} of task "${line.task}" does not follow the try before it`);
    const tried = new Set(tries.map(({ arm }) => arm));
    const arm = line.arm === null ? -1 : this.#indexOf(line.arm);
    if (tried.has(arm))
      throw logUnreadable(number, `arm "${line.arm}" was tried twice on task "${line.task}"`);
    const wanted = log.plans.map((plan) => {
      const want = plan.find(
        (each) => Object.hasOwn(line.propensities, each) && !tried.has(this.#indexOf(each)),
      );
      return want === undefined ? -1 : this.#indexOf(want);
    });
    tries.push({
      arm,
      wanted,
      propensity,
      passed: line.status === 'success',
      cost: line.cost,
      try: line.try,
    });
    log.decisions += 1;
    log.minPropensity = Math.min(log.minPropensity, propensity);
  }

  #check(line: DecisionLine, { number, propensity }: { number: number; propensity: number }): void {
    if (this.log.decisions >= decisionsMax)
      throw logUnreadable(number, `there are more than ${decisionsMax} decisions`);
    const sum = Object.values(line.propensities).reduce((total, each) => total + each, 0);
    if (Math.abs(sum - 1) > sumTolerance)
      throw logUnreadable(number, `its propensities sum to ${sum}, not to 1`);
    if (propensity <= 0) throw logUnreadable(number, 'what was chosen has no propensity');
    if ((line.arm === null) !== (line.status === 'stopped'))
      throw logUnreadable(number, 'only a decision without an arm has the status "stopped"');
  }

  #triesOf({ policy, order, task }: DecisionLine): LoggedTry[] {
    const key = JSON.stringify([policy, order, task]);
    const known = this.#workOrders.get(key);
    if (known) return known;
    const tries: LoggedTry[] = [];
    this.#workOrders.set(key, tries);
    this.log.workOrders.push(tries);
    return tries;
  }

  #indexOf(arm: string): number {
    const known = this.#arms.get(arm);
    if (known !== undefined) return known;
    this.#arms.set(arm, this.log.arms.length);
    return this.log.arms.push(arm) - 1;
  }
}
