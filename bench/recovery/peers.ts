// The libraries that the recovery layer is compared with: pinned, and installed by npm outside the project.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { BenchOptions } from '../measuring/bench.ts';

const versions = { cockatiel: '4.0.0', opossum: '10.0.0', 'p-retry': '9.0.0' } as const;
const installMsMax = 120_000;
const directory = join(homedir(), '.cache', 'moose', 'bench-peers');

type Operation = () => Promise<unknown>;

interface Policy {
  execute(operation: (context: unknown) => Promise<unknown>): Promise<unknown>;
}

/** The measured part of each library. */
export interface Peers {
  cockatiel: {
    handleAll: unknown;
    ExponentialBackoff: new (options: object) => unknown;
    SamplingBreaker: new (options: object) => unknown;
    TimeoutStrategy: { Aggressive: unknown };
    retry(on: unknown, options: object): Policy;
    circuitBreaker(on: unknown, options: object): Policy;
    timeout(ms: number, strategy: unknown): Policy;
    wrap(...policies: Policy[]): Policy;
  };
  opossum: new (operation: Operation, options: object) => { fire(): Promise<unknown>; shutdown(): void };
  pRetry(operation: Operation, options: object): Promise<unknown>;
}

/** Null, with a note, if npm cannot install them. */
export async function installPeers({
  signal,
  note,
}: Pick<BenchOptions, 'signal' | 'note'>): Promise<Peers | null> {
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  await mkdir(directory, { recursive: true });
  try {
    const given = ['install', '--prefix', directory, ...quiet, ...wanted];
    await promisify(execFile)('npm', given, { cwd: directory, signal, timeout: installMsMax });
  } catch (cause) {
    signal.throwIfAborted();
    note(`The peers ${wanted.join(', ')} could not be installed, and are not measured: ${cause}`);
    return null;
  }
  return {
    cockatiel: (await load('cockatiel')) as Peers['cockatiel'],
    opossum: (await load('opossum')).default as Peers['opossum'],
    pRetry: (await load('p-retry')).default as Peers['pRetry'],
  };
}

async function load(name: keyof typeof versions): Promise<Record<string, unknown>> {
  const path = createRequire(join(directory, 'package.json')).resolve(name);
  return import(pathToFileURL(path).href);
}
