// `GET /api/live`: a WebSocket for watchers. All checks of a request happen before the upgrade.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { watchLive } from '../../contract/operations/live.ts';
import type { LiveFeed } from '../../engine/background/live/live-feed.ts';
import type { Api } from '../request/api.ts';
import type { ApiDeps } from '../request/api-deps.ts';
import type { Gate } from '../request/authenticate.ts';
import { createFindOrigin, type FindOrigin } from '../request/came-from.ts';
import { checkOrigin } from '../request/check-origin.ts';
import { errorResponse, statusOf } from '../request/error-answer.ts';
import { createRateLimit, type RateLimit } from '../request/rate-limit.ts';
import {
  pathNotFound,
  toApiError,
  upgradeRequired,
  warnOfStrangersSparingly,
} from '../request/request-errors.ts';
import { defaultLiveLimits, LiveClients, type LiveLimits } from './live-clients.ts';

export interface LiveDeps extends Pick<ApiDeps, 'logger' | 'errors' | 'baseUrl' | 'trustedProxies'> {
  feed: LiveFeed;
  gate: Gate;
  limits?: Partial<LiveLimits> | undefined;
}

export interface LiveDoor {
  /** Number of connected clients. */
  count(): number;
  close(graceMs: number): Promise<void>;
}

const admitMsMax = 15_000;
/** Messages of clients are not needed. */
const messageBytesMax = 1_024;

interface Door {
  deps: LiveDeps;
  clients: LiveClients;
  sockets: WebSocketServer;
  /** Identifies this process. */
  server: string;
  /** Connections that are not admitted yet. */
  waiting: Set<Duplex>;
  callers: RateLimit;
  originOf: FindOrigin;
  isTold: ReturnType<typeof warnOfStrangersSparingly>;
}

/** A request without an upgrade gets an error; this also adds the path to the OpenAPI document. */
export function addLive(api: Api): void {
  api.openapi(watchLive, (): never => {
    throw upgradeRequired();
  });
}

export function openLive(server: Server, deps: LiveDeps): LiveDoor {
  const limits = { ...defaultLiveLimits, ...deps.limits };
  const clients = new LiveClients(deps.gate, limits);
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
  });
  const waiting = new Set<Duplex>();
  const callers = createRateLimit(limits.connects);
  const isTold = warnOfStrangersSparingly();
  const originOf = createFindOrigin(deps.trustedProxies);
  const door = { deps, clients, sockets, server: randomUUID(), waiting, callers, originOf, isTold };
  server.on('upgrade', (request, socket, head) => void answer(door, request, socket, head));
  return {
    count: () => clients.count,
    close: async (graceMs) => {
      for (const socket of waiting) socket.destroy();
      await clients.close(graceMs);
      sockets.close();
    },
  };
}

async function answer(door: Door, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const { deps, waiting, isTold } = door;
  const gone = new AbortController();
  const onGone = () => gone.abort(new DOMException('The client disconnected', 'AbortError'));
  waiting.add(socket);
  socket.on('error', onGone);
  socket.on('close', onGone);
  try {
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(admitMsMax)]);
    const letIn = await admit(door, request, signal);
    door.sockets.handleUpgrade(request, socket, head, (own) => door.clients.add({ ...letIn, socket: own }));
  } catch (thrown) {
    if (gone.signal.aborted) return void socket.destroy();
    const error = toApiError(thrown);
    if (statusOf(error) >= 500 && isTold(error.code, false)) {
      deps.logger.warn({ err: error }, 'failed to open a live connection');
      deps.errors.record(error).resolved(false);
    }
    await refuse(socket, errorResponse(error));
  } finally {
    waiting.delete(socket);
    socket.off('error', onGone);
    socket.off('close', onGone);
  }
}

async function admit(
  { deps, clients, waiting, callers, originOf, server }: Door,
  request: IncomingMessage,
  signal: AbortSignal,
) {
  const { feed, gate } = deps;
  const headers = headersOf(request);
  checkOrigin(headers, deps);
  const url = new URL(request.url ?? '', 'http://localhost');
  if (request.method !== 'GET' || url.pathname !== watchLive.path)
    throw pathNotFound(request.method ?? '', url.pathname);
  clients.assertFewComing(waiting.size);
  const from = originOf(headers, request.socket.remoteAddress);
  const caller = await gate.enter(headers, 'viewer', signal, from);
  callers.take(caller.tokenId ?? caller.actor);
  await orAborted(feed.ready, signal);
  clients.makeRoom(caller);
  return { feed, caller, headers, from, server, cursor: url.searchParams.get('cursor') ?? undefined };
}

function headersOf({ headers }: IncomingMessage): Headers {
  const own = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) own.set(name, Array.isArray(value) ? value.join(', ') : value);
  return own;
}

async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Like any other answer, but written by hand, because the socket no longer belongs to the server. */
async function refuse(socket: Duplex, response: Response): Promise<void> {
  const text = await response.text();
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  const length = `content-length: ${Buffer.byteLength(text)}`;
  // Nobody waits for a client that does not read the answer.
  socket.on('error', () => socket.destroy());
  socket.end(
    [`HTTP/1.1 ${response.status} Refused`, ...lines, length, 'connection: close', '', text].join('\r\n'),
    () => socket.destroy(),
  );
}
