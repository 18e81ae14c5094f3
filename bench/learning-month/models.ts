// Scripted models of different ability and price. Whether a model solves a task depends only on the seed, the task and
// the model, so that every policy gets the same month. Pure, except that a script remembers its own calls.
import type { Script, ScriptedAnswer } from '../../src/demo/scripted-answer.ts';
import { seededRandom } from '../../src/stdx/random.ts';

export interface MonthModel {
  /** The name in Moose. */
  name: string;
  /** Dollars per million tokens of input and of output. */
  inputUsd: number;
  outputUsd: number;
  /** The probability of solving a task is 1 / (1 + exp(difficulty − ability)). */
  ability: number;
  /** From this share of the month on, the model silently has another ability. */
  changes?: { from: number; ability: number };
  /** From this share of the month on, its output has another price. */
  dearer?: { from: number; outputUsd: number };
  /** From this share of the month on, it is one of the models for standard work. */
  arrivesAt?: number;
}

/** The static rule starts light work with the first model, which is good until it changes. */
export const monthModels: readonly MonthModel[] = [
  {
    name: 'scripted/keen',
    inputUsd: 1,
    outputUsd: 12,
    ability: 2,
    changes: { from: 0.45, ability: -1 },
  },
  { name: 'scripted/small', inputUsd: 0.2, outputUsd: 2, ability: -0.5 },
  {
    name: 'scripted/steady',
    inputUsd: 0.5,
    outputUsd: 6,
    ability: 1.2,
    dearer: { from: 0.3, outputUsd: 18 },
  },
  { name: 'scripted/strong', inputUsd: 5, outputUsd: 60, ability: 3.5 },
  { name: 'scripted/fresh', inputUsd: 0.4, outputUsd: 4, ability: 2.5, arrivesAt: 0.65 },
];

const difficultySpread = 1.5;
/** A model that has failed a task rarely solves it in a later try: measured on public runs of the same tasks. */
const againShare = 0.15;
const defaultTokens = 1_500;
/** Half of the answers are within a factor of exp(2/3 of this) of the default tokens. */
const tokensSpread = 0.6;

export const taskTitle = (number: number): string => `${number % 3 === 0 ? 'Add' : 'Fix'} number ${number}`;
/** Each work order has a file of its own: nobody pulls between them, so a second change of a file would conflict. */
export const pathOf = (number: number): string => `notes/${number}.md`;
/** Passes on the base commit, because only right notes are merged. */
export const monthCheck = '! grep -qrs wrong notes';

export interface Month {
  models: readonly MonthModel[];
  orders: number;
  seed: number;
}

/** Answers as the requested model would at the task's place in the month. */
export function monthScript(month: Month): Script {
  const firstAttempts = new Map<string, number>();
  return ({
    title,
    model,
    attempt,
    workOrderId,
    outputTokensMax = Number.POSITIVE_INFINITY,
  }): ScriptedAnswer => {
    const number = Number(/\d+$/.exec(title ?? '')?.[0]);
    const asked = month.models.find(({ name }) => name.endsWith(`/${model}`));
    if (!asked || !Number.isSafeInteger(number)) throw new TypeError(`Nobody scripted ${model} for ${title}`);
    const key = `${workOrderId} ${model}`;
    const first = firstAttempts.get(key) ?? attempt;
    firstAttempts.set(key, first);
    const isRight = solves(month, asked, { number, again: attempt - first });
    const content = `${isRight ? 'right' : 'wrong'} ${number}, attempt ${attempt}\n`;
    const proposal = {
      plan: `Write note ${number}.`,
      risks: [],
      edits: [{ kind: 'write', path: pathOf(number), content }],
    };
    // A provider never bills more output than the request allows.
    const tokens = Math.min(tokensOf(month, number, model), outputTokensMax);
    return answered(JSON.stringify(proposal), tokens);
  };
}

/** `again`: the number of cycles after the model's first one on this task. */
export function solves(
  { seed, orders }: Month,
  { name, ability, changes }: MonthModel,
  { number, again }: { number: number; again: number },
): boolean {
  const isChanged = changes !== undefined && number >= changes.from * orders;
  const difficulty = difficultySpread * normal(randomFor(seed, `difficulty ${number}`));
  const chance = 1 / (1 + Math.exp(difficulty - (isChanged ? changes.ability : ability)));
  const draw = randomFor(seed, `${name} ${number} ${again}`)();
  return draw < (again === 0 ? chance : againShare * chance);
}

function tokensOf({ seed }: Month, number: number, model: string): number {
  return Math.round(
    defaultTokens * Math.exp(tokensSpread * normal(randomFor(seed, `tokens ${model} ${number}`))),
  );
}

/** In the provider's format, billed for this many tokens whatever the length. */
function answered(content: string, outputTokens: number): ScriptedAnswer {
  const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' };
  const usage = { prompt_tokens: 500, completion_tokens: outputTokens, total_tokens: 500 + outputTokens };
  return {
    status: 200,
    body: { id: 'scripted', object: 'chat.completion', created: 0, choices: [choice], usage },
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** FNV-1a of the text, so that each random choice has its own stream. */
function randomFor(seed: number, text: string): () => number {
  let hash = 0x811c9dc5 ^ seed;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return seededRandom(hash >>> 0);
}
