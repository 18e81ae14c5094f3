import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../src/store/database.ts';
import { proveBudget } from '../src/store/money/budget-proof.ts';
import { breakDown } from './gateway/breakdown.ts';
import { type CaseName, casesOf } from './gateway/cases.ts';
import {
  type Absence,
  type Contender,
  directContender,
  litellmContender,
  moose,
  mooseContender,
  portkeyContender,
} from './gateway/contenders.ts';
import { addedMedian, addedRatio, figuresOf } from './gateway/figures.ts';
import { installLitellm, installPortkey } from './gateway/install-peers.ts';
import { type MooseGround, startMooseGateway, withMooseGround } from './gateway/moose-ground.ts';
import type { ProviderMessage } from './gateway/provider-program.ts';
import { measureRounds, type Rounds } from './gateway/rounds.ts';
import { type Ending, endAll, startLitellm, startPortkey } from './gateway/start-peer.ts';
import { type Bench, type BenchOptions, type Goal, goalAtMost } from './measuring/bench.ts';
import { startChild } from './pipeline/child.ts';

const addedMsMax = 1;
const firstByteMsMax = 2;
const portkey = 'portkey';
const litellm = 'litellm';
const litellmBudget = 'litellm_budget';
const plain: CaseName = 'chat_1_client';
const stream: CaseName = 'chat_stream_1_client';

export const bench: Bench = {
  about: 'what the metering gateway adds to a model call, beside Portkey and LiteLLM',
  run: async (options) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-gateway-')));
    const provider = startChild<ProviderMessage>(join(import.meta.dirname, 'gateway/provider-program.ts'));
    try {
      const { port } = await provider.next(options.signal);
      const providerUrl = `http://127.0.0.1:${port}`;
      return await withMooseGround(directory, options.signal, (ground) =>
        measure(ground, providerUrl, options),
      );
    } finally {
      await provider.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measure(ground: MooseGround, providerUrl: string, options: BenchOptions) {
  const absent: Absence[] = [];
  const endings: Ending[] = [];
  try {
    const gateway = await startMooseGateway(ground, providerUrl, { name: moose, signal: options.signal });
    endings.push(gateway);
    const contenders = [
      directContender(providerUrl),
      mooseContender(moose, gateway.url, ground.keys),
      ...(await startPeers(ground.directory, providerUrl, { absent, endings, options })),
    ];
    const cases = casesOf(options.isQuick);
    const rounds = await measureRounds(contenders, cases, absent, options);
    const own = await breakDown(ground, providerUrl, cases[plain], options);
    // All calls are booked when the gateway has ended.
    await gateway.stop();
    return {
      figures: {
        request_bytes: cases[plain].body.length,
        ...figuresOf(rounds, [moose, portkey, litellm, litellmBudget], Object.keys(cases)),
        of_moose_at_1_client: own,
        stands_for: meanings,
        not_measured: Object.fromEntries(absent.map(({ name, reason }) => [name, reason])),
      },
      goals: {
        ...goalsOf(rounds, absent),
        booked: goalAtMost(
          'calls that are not settled to the token, and sums of money that do not add up',
          await countUnsettled(ground.database),
          0,
        ),
      },
    };
  } finally {
    await endAll(endings);
  }
}

interface Starting {
  absent: Absence[];
  endings: Ending[];
  options: BenchOptions;
}

async function startPeers(
  directory: string,
  providerUrl: string,
  { absent, endings, options: { signal, note } }: Starting,
): Promise<Contender[]> {
  const masterKey = `sk-${randomUUID()}`;
  const peers = {
    [portkey]: async () => {
      const proxy = await startPortkey(await installPortkey(signal), directory, portkey, signal);
      endings.push(proxy);
      return portkeyContender(portkey, proxy.url, providerUrl);
    },
    ...Object.fromEntries(
      [litellm, litellmBudget].map((name) => [
        name,
        async () => {
          const given = { name, masterKey, hasBudgets: name === litellmBudget, signal };
          const proxy = await startLitellm(await installLitellm(signal), directory, providerUrl, given);
          endings.push(proxy);
          return litellmContender(name, proxy.url, masterKey);
        },
      ]),
    ),
  };
  const started: Contender[] = [];
  for (const [name, start] of Object.entries(peers)) {
    note(`installing and starting ${name}`);
    try {
      started.push(await start());
    } catch (cause) {
      signal.throwIfAborted();
      absent.push({ name, reason: cause instanceof Error ? cause.message : String(cause) });
    }
  }
  return started;
}

/**
 * A note for each contender. Without saying what its budget means, the figures would silently compare different things.
 */
const meanings = {
  [moose]:
    'Moose: the money of each call is committed before it is sent, by itself or as a lease, and settled after it',
  [portkey]: 'Portkey, whose open gateway has no budgets',
  [litellm]: 'LiteLLM without budgets',
  [litellmBudget]:
    'LiteLLM with budgets of its providers and deployments in memory, which are looked at before a call and added to after it',
} as const;

function goalsOf(rounds: Rounds, absent: readonly Absence[]): Record<string, Goal> {
  const beside = (name: keyof typeof meanings) => {
    const why = absent.find((each) => each.name === name || each.name === `${name} ${plain}`);
    const how = why ? ` (not measured: ${why.reason})` : '';
    const what = `what Moose adds, in what is added by ${meanings[name]}${how}`;
    return goalAtMost(what, addedRatio(rounds, [moose, name], plain), 1);
  };
  return {
    added: goalAtMost(
      'milliseconds that are added to a call of one client, in the median',
      addedMedian(rounds, moose, plain, 'p50'),
      addedMsMax,
    ),
    first_byte: goalAtMost(
      'milliseconds that are added to the first byte of a stream, in the median',
      addedMedian(rounds, moose, stream, 'firstP50'),
      firstByteMsMax,
    ),
    under_portkey: beside(portkey),
    under_litellm: beside(litellm),
    under_litellm_with_budgets: beside(litellmBudget),
  };
}

async function countUnsettled(database: Database): Promise<number> {
  const open = await database.query
    .selectFrom('costTracking')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('type', '=', 'actual')
    .where('status', '<>', 'settled')
    .executeTakeFirstOrThrow();
  return Number(open.count) + (await database.run(proveBudget)).length;
}
