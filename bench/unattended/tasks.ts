// The tasks that both contenders get, the agent that carries them out, and the provider that it calls.
import { appendFileSync, readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { findKnownPrice } from '../../src/models/prices.ts';

export interface Task {
  id: string;
  /** What the agent does besides its work, in its first attempt only. */
  behaviour: Behaviour;
  /** The calls that the agent makes. */
  calls: number;
}

export const failures = ['exit', 'idle', 'hang', 'limited', 'killed', 'flood'] as const;
/** `grows`: each call sends all that was said before, as agents do. */
export type Behaviour = 'fine' | 'grows' | (typeof failures)[number];

export const tasksOf = (
  count: number,
  prefix: string,
  calls = callsOfCheap,
  behaviour: Behaviour = 'fine',
): Task[] => Array.from({ length: count }, (_, n) => ({ id: `${prefix}-${n + 1}`, behaviour, calls }));

export const promptOf = ({ id, behaviour, calls }: Task) => `Task: ${id} ${behaviour} ${calls}`;

/** How long the agent works, beside its calls. */
const workMs = 5_000;
const floodBytes = 200 * 1024 * 1024;
const callsOfCheap = 2;
/** With the answers of the model that costs $10 for a million tokens: $0.40. */
export const callsOfPriced = 5;
/** Each call of a task with more than these calls is answered with this many tokens; the agent asks for no more. */
export const tokensPerCall = 8_000;
const tokensPerCheapCall = 100;
/** A coding agent's first request, and how much each turn adds to the next one. */
const firstBytes = 76_000;
const turnBytes = 16_600;
/** As the scripted provider counts them. */
const bytesPerToken = 4;
/** What such an agent asks for in each call, and what an answer really has. */
const tokensAsked = 32_000;
const tokensPerTurn = 700;

const program = (shared: string) => `#!${process.execPath}
const { appendFileSync, existsSync, mkdirSync, writeFileSync, writeSync } = require('node:fs');
const args = process.argv.slice(2);
if (args[0] === '--version') { console.log('2.1.328 (Claude Code)'); process.exit(0); }
const prompt = args[args.indexOf('-p') + 1];
const [, id, behaviour, calls] = /Task: (\\S+) (\\S+) (\\d+)/.exec(prompt);
const model = args[args.indexOf('--model') + 1];
const say = (line) => writeSync(1, JSON.stringify(line) + '\\n');
const result = (isError, text) => say({ type: 'result', subtype: 'success', is_error: isError, result: text,
  total_cost_usd: 0.001, usage: { input_tokens: 10, output_tokens: 5 } });
const first = !existsSync(process.env.HOME + '/' + id);
const grows = behaviour === 'grows';
const fails = first && behaviour !== 'fine' && !grows;
writeFileSync(process.env.HOME + '/' + id, '');
appendFileSync(${JSON.stringify(join(shared, 'started'))}, id + ' ' + Date.now() + '\\n');
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
async function call(n = 0) {
  const said = grows ? 'x'.repeat(${firstBytes} + n * ${turnBytes}) : '';
  const answer = await fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST',
    headers: { 'x-api-key': process.env.ANTHROPIC_API_KEY, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: grows ? ${tokensAsked} : ${tokensPerCall}, messages: [{ role: 'user', content: prompt + said }] }) });
  const text = await answer.text();
  if (answer.status !== 200) {
    appendFileSync(${JSON.stringify(join(shared, 'refused'))}, id + '\\n'); result(true, 'API Error: ' + answer.status + ' ' + text); process.exit(1); }
}
(async () => {
  if (fails && behaviour === 'hang') await wait(600_000);
  say({ type: 'system', subtype: 'init' });
  for (let n = 0; n < Number(calls) - 1; n++) await call(n);
  if (fails && behaviour === 'exit') { result(true, 'Something unforeseen'); process.exit(1); }
  if (fails && behaviour === 'limited') { result(true, 'API Error: 429 rate limited'); process.exit(1); }
  if (fails && behaviour === 'killed') process.kill(process.pid, 'SIGKILL');
  if (fails && behaviour === 'flood') { const block = 'x'.repeat(1 << 20); for (let n = 0; n < ${floodBytes} >> 20; n++) writeSync(1, block); }
  await wait(grows ? 0 : ${workMs});
  await call(Number(calls));
  if (!fails) {
    mkdirSync('tasks', { recursive: true });
    writeFileSync('tasks/' + id + '.js', 'export const id = ' + JSON.stringify(id) + ';\\n');
    writeFileSync('tasks/' + id + '.test.js', "import test from 'node:test';\\nimport assert from 'node:assert';\\n"
      + "import { id } from './" + id + ".js';\\ntest('it is itself', () => assert.equal(id, " + JSON.stringify(id) + "));\\n");
  }
  appendFileSync(${JSON.stringify(join(shared, 'ended'))}, id + ' ' + Date.now() + '\\n');
  result(false, 'Done.');
})();
`;

/** Returns the path of a program that replaces `claude`. Agents note their start and their end in the shared folder. */
export async function installAgent(directory: string, shared: string): Promise<string> {
  const path = join(directory, 'claude');
  await writeFile(path, program(shared));
  await chmod(path, 0o755);
  for (const name of ['started', 'ended', 'refused']) appendFileSync(join(shared, name), '');
  return path;
}

/** How many agents have been started for these tasks. */
export function agentsStarted(shared: string, tasks: readonly Task[]): number {
  return agentTimes(shared, 'started', tasks).length;
}

/** When agents were started for these tasks, or had done them, in milliseconds since the epoch. */
export function agentTimes(shared: string, which: 'started' | 'ended', tasks: readonly Task[]): number[] {
  const ids = new Set(tasks.map(({ id }) => id));
  const noted = linesIn(join(shared, which)).map((line) => line.split(' '));
  return noted.filter(([id = '']) => ids.has(id)).map(([, ms]) => Number(ms));
}

const linesIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');

export interface Bill {
  /** What the calls with a price have cost: those of tasks with many calls. */
  nanoUsd: bigint;
  /** The calls that were answered, whatever they cost. */
  calls: number;
}

/** The provider's answers: long ones for tasks that have a price, and once 'slower' for the task that is limited. */
export function providerScript(bill: Bill): Script {
  const limited = new Set<string>();
  const priceOf = findKnownPrice();
  return ({ prompt, model }) => {
    bill.calls += 1;
    const [, id = '', behaviour, calls] = /Task: (\S+) (\S+) (\d+)/.exec(prompt) ?? [];
    if (behaviour === 'limited' && !limited.has(id)) {
      limited.add(id);
      return slower;
    }
    if (behaviour === 'grows') return { raw: 'word'.repeat(tokensPerTurn) };
    if (Number(calls) <= callsOfCheap) return { raw: 'word'.repeat(tokensPerCheapCall) };
    const price = priceOf(`scripted/${model}`)?.steps[0]?.output ?? 0n;
    bill.nanoUsd += (price * BigInt(tokensPerCall)) / 1_000_000n;
    return { raw: 'word'.repeat(tokensPerCall) };
  };
}

const slower = {
  status: 429,
  body: { type: 'error', error: { type: 'rate_limit_error', message: 'Slower.' } },
  headers: { 'retry-after': '0' },
};

const usdPerInputToken = 2e-6;
const usdPerOutputToken = 1e-5;

/** What a run with this many growing calls costs, with the scripted model of the standard tier. */
export function usdOfTurns(turns: number): number {
  const bytes = Array.from(
    { length: turns },
    (_, n) => firstBytes + (n === turns - 1 ? turns : n) * turnBytes,
  );
  const input = bytes.reduce((sum, one) => sum + one / bytesPerToken, 0);
  return input * usdPerInputToken + turns * tokensPerTurn * usdPerOutputToken;
}

/** How many calls of agents were refused. */
export const callsRefused = (shared: string) => linesIn(join(shared, 'refused')).length;
