// The processes that the never-over test starts itself: the provider, and four processes of clients that are restarted
// when they are killed.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  addCounts,
  type Bill,
  type ClientsInput,
  type ClientsSaid,
  type Counts,
  noCounts,
  type ProviderInput,
  type ProviderSaid,
} from './messages.ts';

const providerPath = fileURLToPath(new URL('./provider-program.ts', import.meta.url));
const clientsPath = fileURLToPath(new URL('./clients-program.ts', import.meta.url));

function start(path: string, input: object): ChildProcess {
  const child = fork(path, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.on('error', () => undefined);
  child.send(input);
  return child;
}

export interface Provider {
  url: string;
  billed(): Promise<bigint>;
  account(): Promise<{ bills: Bill[]; repeated: string[]; problems: string[] }>;
  stop(): Promise<void>;
}

export async function startProvider(input: ProviderInput): Promise<Provider> {
  const child = start(providerPath, input);
  const [{ port, totalsPort }] = (await once(child, 'message')) as [ProviderSaid];
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${totalsPort}${path}`)).text();
  return {
    url: `http://127.0.0.1:${port}`,
    billed: async () => BigInt(await ask('/total')),
    account: async () => JSON.parse(await ask('/account')),
    stop: () => ended(child),
  };
}

export interface Clients {
  gatewayDirectory: string;
  /** Kills the process and starts another one in its place. */
  kill(): Promise<void>;
  /** Ends all processes properly. */
  end(): Promise<void>;
  stop(): Promise<void>;
}

export interface Told {
  counts: Counts;
  /** The name of the request for each call of the ledger. */
  tags: Map<string, string>;
  /** Processes that ended although nobody ended or killed them. */
  deaths: string[];
}

export const nothingTold = (): Told => ({ counts: noCounts(), tags: new Map(), deaths: [] });

export function startClients(input: Omit<ClientsInput, 'incarnation'>, told: Told): Clients {
  let incarnation = 0;
  let isEnding = false;
  const begin = () => {
    const child = start(clientsPath, { ...input, incarnation });
    incarnation += 1;
    child.on('message', (said) => {
      const { counts, calls } = said as ClientsSaid;
      addCounts(told.counts, counts);
      for (const { tag, callId } of calls) told.tags.set(callId, tag);
    });
    child.once('exit', (code) => {
      if (!isEnding && code !== null) told.deaths.push(`clients ${input.process} ended with ${code}`);
    });
    return child;
  };
  let child = begin();
  return {
    gatewayDirectory: input.gatewayDirectory,
    kill: async () => {
      await ended(child);
      child = begin();
    },
    end: async () => {
      isEnding = true;
      const gone = once(child, 'exit');
      child.send('end');
      const [code] = (await gone) as [number | null];
      if (code !== 0) throw new Error(`The clients of process ${input.process} ended with ${code}`);
    },
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

export const directoryOf = (root: string, process: number) => join(root, `gateway-${process}`);
