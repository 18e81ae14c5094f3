// The only way out of a session that may reach named hosts: an HTTP proxy (CONNECT, and http:// in absolute form)
// outside the session's network. Input from a session is hostile: it can end its own connection, never the proxy
// (R-SEC-6).
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  entriesFor,
  entryText,
  isAddress,
  normalHost,
  type RefusalReason,
} from '../../domain/machine/egress.ts';
import {
  EgressFailed,
  type EgressLookup,
  EgressRefused,
  type EgressRules,
  openConnection,
  systemLookup,
} from './egress-connect.ts';
import { readTlsStart } from './tls-name.ts';

export interface EgressLimits {
  connectionsMax: number;
  headerBytesMax: number;
  /** The time from the first byte of a request to the end of its headers. */
  headersMsMax: number;
  /** How long a connection may be without a byte in either direction. */
  idleMsMax: number;
}

export const egressLimits: EgressLimits = {
  connectionsMax: 512,
  headerBytesMax: 16 * 1024,
  headersMsMax: 10_000,
  idleMsMax: 5 * 60_000,
};

export interface EgressProxyOptions {
  rules: EgressRules;
  onRefused(host: string, port: number, reason: RefusalReason): void;
  /** Called for a defect of the proxy: only this connection ends. */
  onFault(cause: unknown): void;
  limits?: EgressLimits;
  resolve?: EgressLookup;
}

interface Target {
  host: string;
  port: number;
}

const lookEveryMsMax = 1_000;
const authorityForm = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]{1,253})):(\d{1,5})$/i;
/** Headers that concern only one connection, or the proxy itself. */
const hopHeaders = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'proxy-authenticate'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'host'],
]);

export function createEgressProxy(options: EgressProxyOptions): Server {
  const limits = options.limits ?? egressLimits;
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersMsMax,
    requestTimeout: 0,
    keepAliveTimeout: limits.headersMsMax,
    connectionsCheckingInterval: Math.min(lookEveryMsMax, limits.headersMsMax),
    noDelay: true,
  });
  server.maxConnections = limits.connectionsMax;
  server.setTimeout(limits.idleMsMax, (socket: Socket) => socket.destroy());
  // Node itself answers a request that it cannot parse, and ends its connection.
  server.on('connect', (asked, client, head) => void tunnel(options, limits, asked, client, head));
  server.on('request', (asked, answer) => void forward(options, asked, answer));
  return server;
}

async function tunnel(
  options: EgressProxyOptions,
  limits: EgressLimits,
  asked: IncomingMessage,
  client: Duplex,
  head: Buffer,
): Promise<void> {
  // There is no remote side yet that would have to learn of an error.
  client.on('error', () => client.destroy());
  const target = targetOf(asked.url ?? '');
  if (target === null) return refuse(client, 400, 'Not HOST:PORT');
  try {
    const remote = await open(options, target);
    if (client.destroyed) return void remote.destroy();
    join(client as Socket, remote, limits.idleMsMax);
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    remote.pipe(client);
    checkGreeting(options, target, { client, remote, head });
  } catch (cause) {
    const { status, words } = told(options, cause, target);
    refuse(client, status, words);
  }
}

/**
 * TLS must name a host that is allowed, or none: at a server of many owners, such as a CDN, another name
 * would lead to another owner. Everything after the greeting passes unread.
 */
function checkGreeting(
  { rules, onRefused }: EgressProxyOptions,
  { host, port }: Target,
  { client, remote, head }: { client: Duplex; remote: Socket; head: Buffer },
): void {
  let held = Buffer.alloc(0);
  const passOn = () => {
    client.off('data', look).off('end', passOn);
    if (held.length > 0) remote.write(held);
    if (client.readableEnded) remote.end();
    else client.pipe(remote);
  };
  const look = (data: Buffer) => {
    held = Buffer.concat([held, data]);
    const start = readTlsStart(held);
    if (start.is === 'unfinished') return;
    const name = start.is === 'named' ? normalHost(start.name) : null;
    const isAllowed = name === null || isAddress(normalHost(host)) || name === normalHost(host);
    if (start.is !== 'broken' && (isAllowed || entriesFor(rules.entries, name, port).length > 0))
      return passOn();
    onRefused(name !== null && plainName.test(name) ? name : normalHost(host), port, 'not listed');
    client.destroy();
    remote.destroy();
  };
  client.on('data', look).on('end', passOn);
  if (head.length > 0) look(head);
}

const plainName = /^[a-z0-9._-]{1,253}$/;

/** If one half breaks, the other is broken too, so that neither side takes a cut-off stream for a complete one. */
function join(client: Socket, remote: Socket, idleMsMax: number): void {
  for (const [one, other] of [
    [client, remote],
    [remote, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
    one.setTimeout(idleMsMax, () => one.destroy());
  }
}

async function open(options: EgressProxyOptions, { host, port }: Target): Promise<Socket> {
  try {
    return await openConnection(options.rules, { host, port }, options.resolve ?? systemLookup);
  } catch (cause) {
    if (cause instanceof EgressRefused) options.onRefused(normalHost(host), port, cause.reason);
    throw cause;
  }
}

/** Each request gets its own connection, which goes to the host that was checked for it. */
async function forward(
  options: EgressProxyOptions,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const url = URL.parse(asked.url ?? '');
  const target = url?.protocol === 'http:' ? targetOf(`${url.hostname}:${url.port || 80}`) : null;
  if (url === null || target === null)
    return say(answer, 400, 'This is a proxy: it takes CONNECT and http:// URLs');
  try {
    const remote = await open(options, target);
    if (answer.destroyed) return void remote.destroy();
    relay(asked, answer, url, remote);
  } catch (cause) {
    const { status, words } = told(options, cause, target);
    say(answer, status, words);
  }
}

function relay(asked: IncomingMessage, answer: ServerResponse, url: URL, remote: Socket): void {
  const sent = request({
    createConnection: () => remote,
    method: asked.method ?? 'GET',
    path: `${url.pathname}${url.search}`,
    headers: { ...kept(asked.headers), host: url.host, connection: 'close' },
    setHost: false,
  });
  const broken = () =>
    answer.headersSent ? answer.destroy() : say(answer, 502, 'The host closed the connection');
  sent.on('error', broken);
  sent.on('response', (given) => {
    given.on('error', broken);
    try {
      answer.writeHead(given.statusCode ?? 502, kept(given.headers));
    } catch (cause) {
      // The host sent a header that cannot be forwarded.
      if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
      remote.destroy();
      return void answer.destroy();
    }
    given.pipe(answer);
  });
  answer.on('error', () => remote.destroy());
  answer.on('close', () => remote.destroy());
  asked.on('error', () => remote.destroy());
  asked.pipe(sent);
}

function kept(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.has(name)));
}

function targetOf(authority: string): Target | null {
  const read = authorityForm.exec(authority);
  const host = read?.[1] ?? read?.[2];
  const port = Number(read?.[3]);
  return host === undefined || !(port >= 1 && port <= 65_535) ? null : { host, port };
}

function told(
  { onFault }: EgressProxyOptions,
  cause: unknown,
  target: Target,
): { status: number; words: string } {
  if (cause instanceof EgressRefused)
    return {
      status: 403,
      words:
        cause.reason === 'address'
          ? `Moose refuses ${target.host}: it is at a private address`
          : `Moose refuses ${target.host}:${target.port}: egress of .moose/config.yml does not list ${entryText(target)}`,
    };
  if (cause instanceof EgressFailed) return { status: 502, words: `No connection: ${cause.message}` };
  onFault(cause);
  return { status: 500, words: 'The egress proxy of Moose failed' };
}

function refuse(client: Duplex, status: number, words: string): void {
  client.end(
    `HTTP/1.1 ${status} ${words}\r\nContent-Type: text/plain\r\nContent-Length: ${words.length + 1}\r\nConnection: close\r\n\r\n${words}\n`,
    // A client that never reads or ends loses its connection.
    () => client.destroy(),
  );
}

function say(answer: ServerResponse, status: number, words: string): void {
  if (answer.destroyed) return;
  answer.writeHead(status, words, { 'content-type': 'text/plain', connection: 'close' });
  answer.end(`${words}\n`);
}
