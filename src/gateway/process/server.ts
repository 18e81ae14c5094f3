// Where the gateway listens: on loopback, and on a Unix socket for sessions without a network. Foreign web pages,
// endless headers and slow senders are rejected here.

import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { basename, dirname } from 'node:path';
import type { Logger } from 'pino';
import type { ConfigurationError } from '../../domain/failure.ts';
import { withStartLock } from '../../postgres/start/start-lock.ts';
import { limitConnections } from '../../stdx/http/limit-connections.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { answerEarly, type Exchange, refuseWith } from '../calls/answer.ts';
import { handleCall } from '../calls/call.ts';
import { CallRefused } from '../calls/call-refused.ts';
import type { OpenCalls } from '../calls/open-calls.ts';
import type { Parts } from '../calls/parts.ts';
import { gatewayFailures } from '../failure-catalogue.ts';
import { hashOf } from '../keys/known-keys.ts';
import type { GatewayLimits } from '../limits.ts';
import { routeOf, type Upstream } from '../request/route.ts';
import { wires } from '../wire/wires.ts';
import { secretHeader } from './address-file.ts';
import { Attachments } from './attachments.ts';

export interface ServersOptions {
  parts: Parts;
  calls: OpenCalls;
  upstreams: ReadonlyMap<string, Upstream>;
  limits: GatewayLimits;
  logger: Logger;
  gatewayId: string;
  /** Whoever knows this secret may attach and end the gateway. */
  secret: string;
  port: number;
  socketPath: string;
  onLeave(): Promise<boolean>;
  /** A Moose is no longer attached. */
  onDetached?(): void;
}

export interface Servers {
  port: number;
  attached(): number;
  /** Open connections stay. */
  stopListening(): void;
  close(): Promise<void>;
}

/** How often Node checks for clients that send too slowly. */
const slowLookEveryMs = 500;
/** Longer than a client's tools usually take between two calls, so that its connection is still open. */
const keepAliveMs = 75_000;
const closeMsMax = 1_000;
/** A client that stops in the middle blocks nobody. */
const socketLockMsMax = 5_000;

/** @throws ConfigurationError `GATEWAY_PORT_TAKEN`, `GATEWAY_NOT_LISTENING` */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const attachments = new Attachments(options.gatewayId, () => options.onDetached?.());
  const take = (expectsContinue: boolean) => (request: IncomingMessage, answer: ServerResponse) => {
    const exchange: Exchange = { request, answer, expectsContinue, startedMs: performance.now() };
    // A broken connection is handled by the answer's `close` event.
    request.on('error', () => undefined);
    answer.on('error', () => undefined);
    serve(options, attachments, exchange).catch((cause: unknown) => {
      options.logger.error({ err: cause }, 'a gateway request failed with an internal error');
      answer.destroy();
    });
  };
  const servers = [openServer(options.limits, take), openServer(options.limits, take)] as const;
  const [local, socket] = servers;
  await listen(local, { port: options.port, host: '127.0.0.1' }, `port ${options.port} of 127.0.0.1`);
  try {
    await listenOnSocket(socket, options.socketPath);
  } catch (cause) {
    local.close();
    throw cause;
  }
  let closed: Promise<unknown>[] = [];
  return {
    port: (local.address() as AddressInfo).port,
    attached: () => attachments.count,
    stopListening: () => {
      closed = servers.map((server) => once(server, 'close'));
      for (const server of servers) server.close();
    },
    close: async () => {
      attachments.end();
      for (const server of servers) server.closeIdleConnections();
      const timer = setTimeout(() => {
        for (const server of servers) server.closeAllConnections();
      }, closeMsMax);
      await Promise.all(closed);
      clearTimeout(timer);
    },
  };
}

function openServer(
  limits: GatewayLimits,
  take: (expectsContinue: boolean) => (request: IncomingMessage, answer: ServerResponse) => void,
): Server {
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: slowLookEveryMs,
  });
  server.on('request', take(false));
  server.on('checkContinue', take(true));
  limitConnections(server, limits.connections);
  return server;
}

async function serve(options: ServersOptions, attachments: Attachments, exchange: Exchange): Promise<void> {
  const { parts, calls, upstreams, limits } = options;
  const { method = '', url = '' } = exchange.request;
  const refusal = notAllowed(exchange.request, limits.urlCharsMax);
  if (refusal) return answerEarly(exchange, refuseWith(null, refusal), limits.lingerMs);
  if ((url === '/attach' && method === 'GET') || (url === '/leave' && method === 'POST')) {
    if (!isMoose(exchange.request, options.secret)) {
      const stranger = new CallRefused(
        { status: 403, failure: 'authentication' },
        'Only Moose itself may call this.',
      );
      return answerEarly(exchange, refuseWith(null, stranger), limits.lingerMs);
    }
    return url === '/attach' ? attachments.attach(exchange.answer) : leave(options, exchange);
  }
  if (url === '/healthz' && method === 'GET') {
    const health = {
      status: 'alive',
      ...(isMoose(exchange.request, options.secret) && countersOf(options, attachments)),
    };
    const headers = { 'content-type': 'application/json' };
    return answerEarly(exchange, { status: 200, headers, body: JSON.stringify(health) }, limits.lingerMs);
  }
  const route = routeOf(method, url, upstreams, wires);
  if ('message' in route) {
    const unknown = new CallRefused({ status: 404, failure: 'bad_request' }, route.message);
    return answerEarly(exchange, refuseWith(route.wire, unknown), limits.lingerMs);
  }
  try {
    await calls.track((stop) => handleCall(parts, route, exchange, stop));
  } catch (cause) {
    if (!(cause instanceof CallRefused)) throw cause;
    await answerEarly(exchange, refuseWith(route.wire, cause), limits.lingerMs);
  }
}

/** For Moose alone: they tell what other sessions do (R-SEC-1). */
function countersOf({ gatewayId, calls, parts }: ServersOptions, attachments: Attachments) {
  return {
    gateway: gatewayId,
    attached: attachments.count,
    calls: calls.count,
    drains: parts.drains.count,
    unbooked: parts.books.openCount,
  };
}

/**
 * Agents can reach both listeners too; requests that only Moose may make carry the secret from a file of its own
 * (R-SEC-1).
 */
function isMoose({ headers }: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(hashOf(String(headers[secretHeader] ?? '')));
  return timingSafeEqual(given, Buffer.from(hashOf(secret)));
}

/** A page in a browser reaches loopback under its own host name, and sends its origin. */
const ownHost = /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/i;

function notAllowed({ headers, url = '' }: IncomingMessage, urlCharsMax: number): CallRefused | null {
  if (!ownHost.test(headers.host ?? '') || headers['sec-fetch-site'] === 'cross-site') {
    return new CallRefused({ status: 403, failure: 'bad_request' }, 'The gateway answers only on 127.0.0.1.');
  }
  if (url.length > urlCharsMax) {
    return new CallRefused({ status: 414, failure: 'bad_request' }, 'The URL is too long.');
  }
  return null;
}

async function leave({ onLeave, limits }: ServersOptions, exchange: Exchange): Promise<void> {
  const ends = await onLeave();
  const headers = { 'x-moose-ends': ends ? 'yes' : 'no' };
  await answerEarly(exchange, { status: 200, headers, body: '' }, limits.lingerMs);
}

async function listen(
  server: Server,
  place: { port: number; host: string } | { path: string },
  what: string,
): Promise<void> {
  server.listen(place);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw notListening(what, cause);
  }
}

/** One at a time: if two gateways find a leftover socket, the slower one would remove the socket of the faster one. */
async function listenOnSocket(server: Server, path: string): Promise<void> {
  await withStartLock(
    dirname(path),
    undefined,
    async () => {
      await removeStaleSocket(path);
      await listen(server, { path }, path);
      await chmod(path, 0o600);
    },
    { what: 'the gateway', file: `${basename(path)}.lock`, alsoWithoutAfterMs: socketLockMsMax },
  );
}

/** Removes the leftover socket of a killed gateway; a socket that somebody listens on stays, and is an error. */
async function removeStaleSocket(path: string): Promise<void> {
  const asked = connect(path);
  try {
    await once(asked, 'connect');
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ECONNREFUSED') await rm(path, { force: true });
    else if (code !== 'ENOENT') throw notListening(path, cause);
  } finally {
    asked.destroy();
  }
}

function notListening(what: string, cause: unknown): ConfigurationError {
  const code = errorCode(cause);
  if (code === 'EADDRINUSE') {
    return gatewayFailures.GATEWAY_PORT_TAKEN({ operation: 'listen', cause }, { what });
  }
  return gatewayFailures.GATEWAY_NOT_LISTENING({ operation: 'listen', cause }, { what, code: code ?? '' });
}
