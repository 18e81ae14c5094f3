// One session of `moose replay --interactive`: reads a judge's messages and answers them. It sees only outcomes of its
// own choices, and its random numbers come only from the seed.

import type { JudgedLine, JudgeLine } from '../../../contract/contract.ts';
import type { ConfigurationError } from '../../../domain/failure.ts';
import { learningFailures } from '../failure-catalogue.ts';
import { armsMax, kindOf } from './outcome-table.ts';
import { createPlayer, type PlayedTask, type Player } from './players.ts';
import { randomOf } from './replay-table.ts';

type Said<Type extends JudgeLine['type']> = Extract<JudgeLine, { type: Type }>;
type Arm = Pick<Said<'arm'>, 'arm' | 'cost_hint' | 'parent'>;

/** A task whose choice waits for its outcome. */
interface Waiting {
  played: PlayedTask;
  offer: string[];
  try: number;
  chosen: string;
}

export interface SessionAnswer {
  lines: JudgedLine[];
  /** The problem with a message that expects no answer; the message was ignored. */
  warning?: string;
  isOver?: boolean;
}

const nothing: SessionAnswer = { lines: [] };

export class JudgedSession {
  #hello: Said<'hello'> | null = null;
  #player: Player | null = null;
  readonly #known = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  /** The last verdict of every try that had one. */
  readonly #verdicts = new Map<string, 'success' | 'failure'>();
  readonly #sums = { tasks: 0, tries: 0, successes: 0, cost: 0 };

  /** @throws `REPLAY_LINE_INVALID` for a message that cannot be answered */
  handle(line: JudgeLine): SessionAnswer {
    if (line.type === 'hello') return this.#greet(line);
    if (!this.#hello || !this.#player) throw lineInvalid('the first message must be "hello"');
    switch (line.type) {
      case 'task':
        return this.#begin(line, this.#player);
      case 'outcome':
        return this.#learn(line);
      case 'correction':
        return this.#correct(line, this.#player);
      case 'arm':
        return this.#add(line);
      case 'price':
        if (!this.#known.has(line.arm)) return { ...nothing, warning: `there is no arm "${line.arm}"` };
        this.#player.reprice(line.arm, line.factor);
        return nothing;
      case 'end':
        return { lines: [this.#summary(this.#hello.value)], isOver: true };
    }
  }

  #greet(hello: Said<'hello'>): SessionAnswer {
    if (this.#hello) throw lineInvalid('"hello" came twice');
    assertUnique(hello.arms.map(({ arm }) => arm));
    this.#assertRoom(hello.arms.length);
    this.#hello = hello;
    this.#player = createPlayer(hello.policy, { value: hello.value, random: randomOf(hello.seed, 0, 1) });
    for (const arm of hello.arms) this.#add(arm);
    return { lines: [{ type: 'ready', protocol: 1, policy: hello.policy }] };
  }

  #add({ arm, cost_hint: costHint = null, parent }: Arm): SessionAnswer {
    if (this.#known.has(arm)) return { ...nothing, warning: `the arm "${arm}" is already known` };
    this.#assertRoom(1);
    this.#known.add(arm);
    this.#player?.addArm({ arm, costHint, ...(parent ? { parent } : {}) });
    return nothing;
  }

  #assertRoom(more: number): void {
    if (this.#known.size + more > armsMax) throw lineInvalid(`there are more than ${armsMax} arms`);
  }

  #begin({ task, features, arms }: Said<'task'>, player: Player): SessionAnswer {
    if (this.#seen.has(task)) throw lineInvalid(`the task "${task}" came twice`);
    assertUnique(arms);
    const strange = arms.filter((arm) => !this.#known.has(arm));
    this.#assertRoom(strange.length);
    for (const arm of strange) this.#add({ arm });
    this.#seen.add(task);
    this.#sums.tasks += 1;
    const played = player.open(kindOf(features), arms);
    const lines = [this.#choose(task, { played, offer: [...arms], try: 1 })];
    if (strange.length === 0) return { lines };
    return { lines, warning: `added arms that were not announced: ${strange.join(', ')}` };
  }

  #choose(task: string, { played, offer, try: number }: Omit<Waiting, 'chosen'>): JudgedLine {
    const left = (this.#hello?.max_tries ?? 0) - number + 1;
    const { arm, propensities } = played.choose(left > 0 ? offer : [], Math.max(0, left));
    if (arm === null) this.#waiting.delete(task);
    else this.#waiting.set(task, { played, offer, try: number, chosen: arm });
    return { type: 'choose', task, try: number, arm, propensities };
  }

  #learn({ task, try: number, arm, status, cost, next }: Said<'outcome'>): SessionAnswer {
    const waiting = this.#waiting.get(task);
    if (!waiting) throw lineInvalid(`no outcome of the task "${task}" was expected`);
    if (waiting.try !== number || waiting.chosen !== arm)
      throw lineInvalid(
        `an outcome of try ${waiting.try} with "${waiting.chosen}" was expected, not of try ${number} with "${arm}"`,
      );
    if (status === 'success' && next) throw lineInvalid('a task that has passed has no next try');
    this.#sums.cost += cost;
    const isFault = status === 'provider_fault';
    if (!isFault) {
      this.#sums.tries += 1;
      this.#sums.successes += Number(status === 'success');
      this.#verdicts.set(keyOf(task, number, arm), status);
      waiting.played.learn({ arm, passed: status === 'success', cost });
    }
    this.#waiting.delete(task);
    if (!next) return nothing;
    const offer = waiting.offer.filter((each) => each !== arm);
    return {
      lines: [this.#choose(task, { played: waiting.played, offer, try: isFault ? number : number + 1 })],
    };
  }

  #correct({ task, try: number, arm, status }: Said<'correction'>, player: Player): SessionAnswer {
    const key = keyOf(task, number, arm);
    const before = this.#verdicts.get(key);
    if (before === undefined)
      return {
        ...nothing,
        warning: `there is no outcome of try ${number} of "${task}" with "${arm}" to correct`,
      };
    if (before === status) return nothing;
    this.#verdicts.set(key, status);
    this.#sums.successes += status === 'success' ? 1 : -1;
    player.correct(arm, status === 'success');
    return nothing;
  }

  #summary(value: number): JudgedLine {
    const { tasks, tries, successes, cost } = this.#sums;
    const perTask = tasks === 0 ? 0 : (value * successes - cost) / tasks;
    return { type: 'summary', tasks, tries, successes, cost, value_per_task: perTask };
  }
}

export function lineInvalid(what: string, cause?: unknown): ConfigurationError {
  return learningFailures.REPLAY_LINE_INVALID({ operation: 'replay interactively', cause }, { what });
}

function keyOf(task: string, number: number, arm: string): string {
  return JSON.stringify([task, number, arm]);
}

function assertUnique(arms: readonly string[]): void {
  if (new Set(arms).size === arms.length) return;
  throw lineInvalid(`the arm "${arms.find((arm, index) => arms.indexOf(arm) !== index)}" is named twice`);
}
