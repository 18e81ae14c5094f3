// For tests: a gateway with fixed answers, and sessions with every kind of isolation that this machine supports.

import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { until } from '../../stdx/async/until.fixture.ts';
import type { ProcessHandle } from '../process-handle.ts';
import { ScratchSessions } from '../scratch-sessions.fixture.ts';
import { filePath } from '../session-files.ts';
import { isProcessAlive } from '../survey.ts';
import { watchProcess } from '../watch-process.ts';
import { enterNamespace, findWay, type IsolationKind } from './isolation-way.ts';
import { tryIsolation } from './probe-isolation.ts';

export const wallClockMs = 20_000;

/** Any port is free in the network of a session. */
export const port = 18_080;

/** The kinds of isolation for this user. If this machine refuses one, the title of its tests contains the reason. */
export async function waysOfIsolation(): Promise<
  { kind: IsolationKind; title: string; isPossible: boolean }[]
> {
  const kinds: IsolationKind[] = process.geteuid?.() === 0 ? ['privileged', 'user'] : ['user'];
  const tried = kinds.map(async (kind) => {
    const { level, reason } = await tryIsolation(kind);
    const isPossible = level !== 'none';
    return { kind, isPossible, title: isPossible ? kind : `${kind}, which is not possible here: ${reason}` };
  });
  return Promise.all(tried);
}

export async function listen(server: Server, at: string | number): Promise<void> {
  if (typeof at === 'string') server.listen(at);
  else server.listen(at, '127.0.0.1');
  await once(server, 'listening');
}

export function stdoutOf(handle: ProcessHandle): string {
  return readFileSync(filePath(handle.directory, 'stdout'), 'utf8');
}

export async function untilPrinted(handle: ProcessHandle): Promise<void> {
  await until('the program to print a line', () => stdoutOf(handle).includes('\n'));
}

/** Waits for the wrapper too: it ends shortly after it has written the exit file. */
export async function untilGone(handle: ProcessHandle): Promise<void> {
  await until('all of the session to be gone', async () => !(await isProcessAlive(handle)));
}

export async function outcomeOf(handle: ProcessHandle) {
  const { exitCode, signal } = await watchProcess(handle, { wallClockMs });
  const stderr = readFileSync(filePath(handle.directory, 'stderr'), 'utf8');
  return { exitCode, signal, stdout: stdoutOf(handle), stderr };
}

export class IsolatedGround {
  readonly scratch: ScratchSessions;
  readonly socketPath: string;
  readonly #gateway: HttpServer;

  private constructor(scratch: ScratchSessions, gateway: HttpServer, socketPath: string) {
    this.scratch = scratch;
    this.#gateway = gateway;
    this.socketPath = socketPath;
  }

  /** Creates a folder that other users of the machine can open too. */
  static async create(): Promise<IsolatedGround> {
    const scratch = await ScratchSessions.create();
    chmodSync(scratch.path, 0o755);
    const socketPath = join(scratch.path, 'gateway.sock');
    const gateway = createGateway();
    await listen(gateway, socketPath);
    chmodSync(socketPath, 0o777);
    return new IsolatedGround(scratch, gateway, socketPath);
  }

  words(
    kind: IsolationKind,
    argv: readonly [string, ...string[]],
    { socketPath = this.socketPath }: { socketPath?: string } = {},
  ): [string, ...string[]] {
    const way = findWay(kind);
    if ('missing' in way) throw new Error(`${way.missing} is not available`);
    return enterNamespace(way, {
      argv,
      cwd: this.scratch.path,
      network: { port, socketPath },
      view: null,
    });
  }

  start(
    kind: IsolationKind,
    argv: readonly [string, ...string[]],
    more: { env?: Record<string, string>; socketPath?: string } = {},
  ): Promise<ProcessHandle> {
    return this.scratch.start(this.words(kind, argv, more), more.env);
  }

  async clear(): Promise<void> {
    this.#gateway.closeAllConnections();
    this.#gateway.close();
    await this.scratch.clear();
  }
}

/** A command that makes the kernel refuse one system call, for the program after it and everything that it starts. */
export function kernelThatRefuses(call: number, errno: number): [string, ...string[]] {
  const filter = [
    [0x20, 0, 0, 0],
    [0x15, 0, 1, call],
    [0x06, 0, 0, 0x5_0000 | errno],
    [0x06, 0, 0, 0x7fff_0000],
  ];
  const code = filter.map((each) => `pack("SCCL", ${each.join(',')})`).join('.');
  const seccomp = process.arch === 'arm64' ? 277 : 317;
  const script = `my $f = ${code}; my $p = pack "S x6 p", ${filter.length}, $f;
    syscall(${seccomp}, 1, 0, $p) == 0 or die $!; exec @ARGV`;
  return ['perl', '-e', script];
}

/** `/stream` sends its second half when `/next` is requested; `/echo` sends back the request's body. */
function createGateway(): HttpServer {
  const waiting: ServerResponse[] = [];
  return createHttpServer((request, response) => {
    if (request.url === '/stream') {
      response.write('first');
      waiting.push(response);
    } else if (request.url === '/next') {
      for (const stream of waiting.splice(0)) stream.end('second');
      response.end('next');
    } else if (request.url === '/echo') request.pipe(response);
    else response.end(`gateway ${request.url}`);
  });
}
