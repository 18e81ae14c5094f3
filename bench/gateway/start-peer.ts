// Starts a peer as a separate process on a free loopback port, waits for it, and ends it with this benchmark.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { litellmConfig } from './contenders.ts';
import { ofPrograms, type RunningProxy } from './moose-ground.ts';

export type Ending = Pick<RunningProxy, 'stop'>;

/** Ends all of them, even if one fails. */
export async function endAll(endings: readonly Ending[]): Promise<void> {
  const ended = await Promise.allSettled(endings.map((each) => each.stop()));
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}

const startMsMax = 120_000;
const lookEveryMs = 100;
const stopMsMax = 10_000;
const logTailChars = 600;

/** Starts a single process that reports nothing over the network. */
export async function startLitellm(
  programPath: string,
  directory: string,
  providerUrl: string,
  options: { name: string; masterKey: string; hasBudgets: boolean; signal: AbortSignal },
): Promise<RunningProxy> {
  const configPath = join(directory, `${options.name}.json`);
  await writeFile(configPath, JSON.stringify(litellmConfig(providerUrl, options)));
  const port = await freePort();
  return startPeer({
    name: options.name,
    directory,
    port,
    isUpAt: '/health/liveliness',
    signal: options.signal,
    argv: [
      programPath,
      '--config',
      configPath,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--num_workers',
      '1',
    ],
    env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_LOG: 'ERROR', LITELLM_MODE: 'PRODUCTION' },
  });
}

export async function startPortkey(
  programPath: string,
  directory: string,
  name: string,
  signal: AbortSignal,
): Promise<RunningProxy> {
  const port = await freePort();
  return startPeer({
    name,
    directory,
    port,
    isUpAt: '/',
    signal,
    argv: [process.execPath, programPath, `--port=${port}`, '--headless'],
    env: { NODE_ENV: 'production' },
  });
}

interface Peer {
  name: string;
  directory: string;
  port: number;
  isUpAt: string;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

async function startPeer({ name, directory, port, isUpAt, argv, env, signal }: Peer): Promise<RunningProxy> {
  const logPath = join(directory, `${name}.log`);
  const log = await open(logPath, 'w');
  const [program = '', ...args] = argv;
  const stdio = ['ignore', log.fd, log.fd] as const;
  const child = spawn(program, args, { cwd: directory, env: { ...ofPrograms(), ...env }, stdio: [...stdio] });
  child.on('error', () => undefined);
  await log.close();
  const url = `http://127.0.0.1:${port}`;
  const deadlineMs = performance.now() + startMsMax;
  while (performance.now() < deadlineMs && child.exitCode === null && child.pid !== undefined) {
    if (await isUp(url + isUpAt, signal)) return { url, stop: () => stop(child) };
    await sleep(lookEveryMs, signal).catch(() => undefined);
    if (signal.aborted) break;
  }
  await stop(child);
  signal.throwIfAborted();
  const said = (await readFile(logPath, 'utf8')).trim().slice(-logTailChars);
  throw new Error(`${name} did not start: ${said}`);
}

async function isUp(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // Not ready yet: tried again until the deadline.
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const limit = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(limit);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
