import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../src/stdx/async/sleep.ts';
import type { IssuedKey } from '../src/store/money/gateway-keys.ts';
import type { AttackerMessage } from './fairness/attacker-program.ts';
import { type Case, casesOf } from './gateway/cases.ts';
import { measureClients, warmUp } from './gateway/clients.ts';
import { mooseContender } from './gateway/contenders.ts';
import { type MooseGround, startMooseGateway, withMooseGround } from './gateway/moose-ground.ts';
import type { ProviderMessage } from './gateway/provider-program.ts';
import { type Bench, type BenchOptions, type Figures, type Goal, goalAtMost } from './measuring/bench.ts';
import { median, quantile, rounded } from './measuring/statistics.ts';
import { startChild } from './pipeline/child.ts';

const ratioMax = 3;
const clients = 8;
const pauseMs = 50;
const roundsWhole = 3;
const attackBeginsMs = 1_000;
const spanMs = 5_000;
const quickSpanMs = 2_000;
/** Makes a conversation so long that the gateway reads it in a thread. */
const longRepeats = 12;

export const bench: Bench = {
  about: 'what calls of other sessions notice of one that sends the worst requests that its key allows',
  run: async (options) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-fairness-')));
    const provider = startChild<ProviderMessage>(join(import.meta.dirname, 'gateway/provider-program.ts'));
    try {
      const { port } = await provider.next(options.signal);
      return await withMooseGround(directory, options.signal, (ground) =>
        measure(ground, `http://127.0.0.1:${port}`, options),
      );
    } finally {
      await provider.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

const attacks = {
  hashed: 'lists of five million items, six at once, and 260 unfinished requests',
  counted: 'free requests of 6 MB that are within every limit, six at once, and 260 unfinished requests',
} as const;
type Attack = keyof typeof attacks;

async function measure(ground: MooseGround, providerUrl: string, options: BenchOptions) {
  const [attackers = [], ...others] = ground.keys;
  const keysLeft = [...attackers];
  const gateway = await startMooseGateway(ground, providerUrl, { name: 'moose', signal: options.signal });
  try {
    const { targets, warmUpCalls } = mooseContender('moose', gateway.url, others);
    const cases = loads(options.isQuick);
    for (const load of Object.values(cases)) {
      await warmUp(targets(load.protocol), warmUpCalls, load, options.signal);
    }
    const seen = new Map<string, number[]>();
    for (let round = 0; round < (options.isQuick ? 1 : roundsWhole); round++) {
      for (const [name, load] of Object.entries(cases)) {
        const call = async (what: string) => {
          const { wholeMs } = await measureClients(targets(load.protocol), load, options.signal);
          seen.set(`${name} ${what}`, [...(seen.get(`${name} ${what}`) ?? []), ...wholeMs]);
        };
        for (const attack of Object.keys(attacks) as Attack[]) {
          await call('alone');
          await during(gateway.url, keysLeft.pop(), attack, options, () => call(attack));
        }
      }
      options.note(`round ${round + 1}`);
    }
    return reported(seen, Object.keys(cases));
  } finally {
    await gateway.stop();
  }
}

function loads(isQuick: boolean): Record<string, Case> {
  const { chat_32_clients: usual } = casesOf(isQuick);
  const load = { ...usual, clients, pauseMs, spanMs: isQuick ? quickSpanMs : spanMs };
  const request = JSON.parse(usual.body.toString()) as { messages: { content: string }[] };
  // The conversation contains no agent's actions: an agent that repeats its actions would be stopped.
  const asked = request.messages.map(({ content }) => ({ role: 'user', content }));
  const bodyOf = (messages: object[]) => Buffer.from(JSON.stringify({ ...request, messages }));
  const long = Array.from({ length: longRepeats }, () => asked).flat();
  return { ordinary: { ...load, body: bodyOf(asked) }, long: { ...load, body: bodyOf(long) } };
}

async function during(
  url: string,
  key: IssuedKey | undefined,
  attack: Attack,
  { signal, note }: BenchOptions,
  work: () => Promise<void>,
): Promise<void> {
  if (key === undefined) throw new RangeError('No key is left to attack with');
  const program = join(import.meta.dirname, 'fairness/attacker-program.ts');
  const attacker = startChild<AttackerMessage>(program, [url, key.id, key.secret, attack]);
  try {
    await attacker.next(signal);
    await sleep(attackBeginsMs, signal);
    await work();
    attacker.send({});
    const { statuses } = await attacker.next(signal);
    note(`${attack}: the attacker was answered ${JSON.stringify(statuses)}`);
  } finally {
    await attacker.stop();
  }
}

function reported(seen: ReadonlyMap<string, number[]>, names: readonly string[]) {
  const figures: Figures = { attacks: { ...attacks } };
  const goals: Record<string, Goal> = {};
  for (const name of names) {
    const p99 = (what: string) => quantile(seen.get(`${name} ${what}`) ?? [], 0.99);
    figures[name] = Object.fromEntries(
      ['alone', ...Object.keys(attacks)].map((what) => {
        const all = seen.get(`${name} ${what}`) ?? [];
        return [
          what,
          { calls: all.length, ms_p50: rounded(median(all)), ms_p99: rounded(quantile(all, 0.99)) },
        ];
      }),
    );
    for (const attack of Object.keys(attacks)) {
      const what = `p99 of ${name} calls of others during ${attack}, in their p99 without it`;
      goals[`${name}_${attack}`] = goalAtMost(what, rounded(p99(attack) / p99('alone')), ratioMax);
    }
  }
  return { figures, goals };
}
