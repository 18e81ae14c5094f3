import {
  type ArmState,
  createArm,
  fadeAbility,
  fadeCosts,
  inheritRecord,
  recordOf,
  repriceArm,
} from './arm-state.ts';
import { expectedPasses, likelihoodOf } from './beliefs.ts';
import { learnCost, unknownCost } from './costs.ts';
import { type Asked, type Choice, decide } from './decide.ts';
import {
  createLearnerState,
  difficultiesOf,
  kindIndex,
  type LearnerState,
  type OpenTask,
} from './learner-state.ts';
import { watchArm } from './watch-arm.ts';

/** With each task, old evidence fades for all arms, so that an arm that is no longer chosen gets another chance. */
const fadePerTask = 0.995;
const fadePerOutcome = 0.99;

export interface NewArm {
  arm: string;
  costHint?: number | null;
  parent?: string;
}

export class Learner {
  readonly state: LearnerState;
  readonly #arms: Map<string, ArmState>;

  constructor(given: number | LearnerState) {
    this.state = typeof given === 'number' ? createLearnerState(given) : given;
    this.#arms = new Map(this.state.arms.map((arm) => [arm.arm, arm]));
  }

  knows(arm: string): boolean {
    return this.#arms.has(arm);
  }

  addArm({ arm, costHint = null, parent }: NewArm): void {
    const created = createArm(arm, costHint);
    const from = parent === undefined ? undefined : this.#arms.get(parent);
    if (from) inheritRecord(created, from);
    this.state.arms.push(created);
    this.#arms.set(arm, created);
  }

  reprice(arm: string, factor: number): void {
    repriceArm(this.#armOf(arm), factor);
  }

  begin(kind: string): OpenTask {
    this.state.tasksSeen += 1;
    for (const arm of this.state.arms) {
      fadeAbility(arm, fadePerTask);
      fadeCosts(arm, fadePerTask);
    }
    return { kind: kindIndex(this.state, kind), tried: [] };
  }

  choose(task: OpenTask, given: Asked & { offer: readonly string[] }): Choice {
    const offer = given.offer.map((arm) => this.#armOf(arm));
    return decide(this.state, task, { ...given, offer });
  }

  learn(task: OpenTask, { arm: name, passed, cost }: { arm: string; passed: boolean; cost: number }): void {
    const arm = this.#armOf(name);
    const unknown = unknownCost(this.state);
    learnCost(this.state, arm, { kind: task.kind, cost, unknown });
    this.#learnOutcome(task, arm, passed);
    arm.trials += 1;
  }

  /** A pass was reverted, or restored: the arm's ability stays, but its passes are worth less or more. */
  correct(name: string, holds: boolean): void {
    const arm = this.#armOf(name);
    const step = holds ? 1 : -1;
    arm.held = Math.max(0, arm.held + step);
    arm.reverted = Math.max(0, arm.reverted - step);
  }

  #learnOutcome(task: OpenTask, arm: ArmState, passed: boolean): void {
    const expected = expectedPasses(arm, task.kind);
    const difficulties = difficultiesOf(task);
    const added = likelihoodOf(passed, difficulties);
    const chance = difficulties.reduce((sum, share, d) => sum + share * (expected[d] ?? 0), 0);
    fadeAbility(arm, fadePerOutcome);
    const record = recordOf(arm, task.kind);
    record.count += 1;
    addTo(record.likelihood, added, 1);
    if (passed) arm.held += 1;
    task.tried.push({
      arm: arm.arm,
      passed,
      added,
      chances: passed ? expected : expected.map((each) => 1 - each),
    });
    if (passed) this.#weighAgain(task);
    watchArm(arm, task.kind, { passed, chance, added });
  }

  /** A pass shows that the task was easier than assumed, so the earlier failures count as stronger evidence. */
  #weighAgain(task: OpenTask): void {
    for (const each of task.tried.slice(0, -1)) {
      const { likelihood } = recordOf(this.#armOf(each.arm), task.kind);
      const again = likelihoodOf(each.passed, difficultiesOf(task, each));
      addTo(likelihood, each.added, -1);
      addTo(likelihood, again, 1);
      each.added = again;
    }
  }

  #armOf(name: string): ArmState {
    const arm = this.#arms.get(name);
    if (!arm) throw new RangeError(`The learner does not know the arm ${name}`);
    return arm;
  }
}

function addTo(values: number[], added: readonly number[], times: number): void {
  for (const [index, each] of added.entries()) values[index] = (values[index] ?? 0) + times * each;
}
