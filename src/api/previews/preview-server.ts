// Serves previews, and nothing else, on a port of their own: each service has a host name of its own, which Mission Control
// never has. Whoever has not opened a link of that preview gets nothing of it (R-SEC-1).
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { MooseError } from '../../domain/failure.ts';
import { labelIn, previewOrigin, previewProblem } from '../../domain/machine/preview.ts';
import type { AllowRule } from '../../domain/people/sign-in-allow.ts';
import { hasRoleNow } from '../../engine/access/role-now.ts';
import { commandFailures } from '../../engine/commands/failure-catalogue.ts';
import { linkPath } from '../../engine/commands/previews/link-path.ts';
import type { ErrorLog } from '../../engine/errors/error-log.ts';
import type { Here } from '../../engine/run/session-here.ts';
import { sessionFailures } from '../../sessions/failure-catalogue.ts';
import { limitConnections } from '../../stdx/http/limit-connections.ts';
import { type MayLook, openPreview } from '../../store/access/previews.ts';
import type { Database } from '../../store/database.ts';
import { apiFailures } from '../failure-catalogue.ts';
import { createAddressList } from '../request/address-list.ts';
import { createFindOrigin, type FindOrigin } from '../request/came-from.ts';
import { problemOf, statusOf } from '../request/error-answer.ts';
import { createRateLimit, networkOf, type RateLimit } from '../request/rate-limit.ts';
import { toApiError, warnOfStrangersSparingly } from '../request/request-errors.ts';
import { notListening } from '../serving/not-listening.ts';
import { type Look, OpenPreviews, type PreviewLimits, previewLimits } from './open-previews.ts';
import { crossSite, previewCookie, previewCookieIn } from './preview-headers.ts';
import { headerBytesMax, relay, relayUpgrade } from './relay.ts';

export interface PreviewServerDeps {
  database: Database;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  /** As in `https://*.preview.example.org`. */
  pattern: string;
  /** The public address of Mission Control. */
  baseUrl: string | null;
  here: Here;
  trustedProxies: readonly string[];
  /** Who may sign in elsewhere, and with which role. */
  allow: readonly AllowRule[];
  limits?: Partial<PreviewLimits>;
}

export interface PreviewServer {
  port: number;
  close(): Promise<void>;
}

const headersMsMax = 10_000;
const slowLookEveryMs = 1_000;
const admitMsMax = 15_000;
/** More than the exchanges of all previews and the connections that wait, so that a link can always be opened. */
const connectionLimits = {
  connectionsMax: 1_024,
  waitingMax: 384,
  waitingPerAddressMax: 256,
  unreadBytesMax: 64 * 1024 * 1024,
};
/** Requests of one address that have to be looked up in the database. */
const lookUpRate = { perSecond: 30, burst: 150 };

/** @throws ConfigurationError `PREVIEW_ADDRESS_UNSAFE`, `PORT_TAKEN`, `PORT_NOT_ALLOWED` */
export async function startPreviewServer(
  deps: PreviewServerDeps,
  place: { bind: string; port: number },
): Promise<PreviewServer> {
  const { pattern, baseUrl } = deps;
  const problem = previewProblem(pattern, baseUrl);
  if (problem !== null) throw apiFailures.PREVIEW_ADDRESS_UNSAFE('listen', { pattern, problem });
  // What the route that makes links asks for.
  const mayLook: MayLook = (asker) => hasRoleNow(asker, 'operator', deps.allow);
  const limits = { ...previewLimits, ...deps.limits };
  const previews = new OpenPreviews({ ...deps, mayLook, limits });
  const door: Door = {
    ...deps,
    previews,
    mayLook,
    lookUps: createRateLimit(lookUpRate),
    originOf: createFindOrigin(deps.trustedProxies),
    isTold: warnOfStrangersSparingly(),
  };
  const server = createServer({
    maxHeaderSize: headerBytesMax,
    headersTimeout: headersMsMax,
    // A body may take as long as it likes, as long as it moves.
    requestTimeout: 0,
    connectionsCheckingInterval: slowLookEveryMs,
    noDelay: true,
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.on('request', (asked, answer) => void answerRequest(door, asked, answer));
  server.on('upgrade', (asked, socket, head) => void answerUpgrade(door, asked, socket, head));
  limitConnections(server, { ...connectionLimits, isProxy: createAddressList(deps.trustedProxies) });
  server.listen(place.port, place.bind);
  try {
    await once(server, 'listening');
  } catch (cause) {
    previews.close();
    throw notListening(place, cause);
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      previews.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Door extends PreviewServerDeps {
  previews: OpenPreviews;
  mayLook: MayLook;
  lookUps: RateLimit;
  originOf: FindOrigin;
  isTold: ReturnType<typeof warnOfStrangersSparingly>;
}

interface Admitted {
  look: Look;
  origin: string;
}

async function answerRequest(door: Door, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const refuse = (error: MooseError) => sayRefusal(answer, error);
  let over: (() => void) | null = null;
  // A browser that has gone waits for nothing any more.
  answer.on('error', () => answer.destroy());
  answer.on('close', () => over?.());
  try {
    const signal = AbortSignal.timeout(admitMsMax);
    const opened = await openLink(door, asked, signal);
    if (opened !== null) return void answer.writeHead(303, opened).end();
    const { look, origin } = await admit(door, asked);
    const end = look.begin(() => refuse(previewOver()));
    over = end;
    if (answer.destroyed) return end();
    const remote = await look.connect(signal);
    // The browser has gone, or the preview is over.
    if (answer.destroyed || answer.headersSent) return void remote.destroy();
    const exchange = { place: { origin, port: look.port }, remote };
    endIfThrown(remote, () => relay(asked, answer, exchange, (because) => refuse(notReached(because))));
  } catch (thrown) {
    refuse(told(door, thrown));
  }
}

async function answerUpgrade(
  door: Door,
  asked: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const refuse = (error: MooseError) => refuseUpgrade(socket, error);
  let over: (() => void) | null = null;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => over?.());
  try {
    const signal = AbortSignal.timeout(admitMsMax);
    const { look, origin } = await admit(door, asked);
    const end = look.begin(() => socket.destroy());
    over = end;
    if (socket.destroyed) return end();
    const remote = await look.connect(signal);
    if (socket.destroyed) return void remote.destroy();
    const exchange = { place: { origin, port: look.port }, remote };
    endIfThrown(remote, () =>
      relayUpgrade(asked, { socket, head }, exchange, (because) => refuse(notReached(because))),
    );
  } catch (thrown) {
    refuse(told(door, thrown));
  }
}

/** From here on, an error of this connection concerns its exchange only. */
function endIfThrown(remote: Socket, begin: () => void): void {
  remote.on('error', () => remote.destroy());
  try {
    begin();
  } catch (cause) {
    remote.destroy();
    throw cause;
  }
}

const ownPath = '/.moose/';

/** The headers that open a preview, if the request is for a link; null if it is for the service. */
async function openLink(
  door: Door,
  { url = '', method, headers, socket }: IncomingMessage,
  signal: AbortSignal,
): Promise<Record<string, string> | null> {
  if (!url.startsWith(ownPath)) return null;
  const { label, origin } = placeOf(door, headers.host);
  const secret = url.startsWith(linkPath) ? url.slice(linkPath.length) : '';
  if (method !== 'GET' || !/^[\w-]{43}$/.test(secret)) throw apiFailures.PREVIEW_LINK_OVER('open preview');
  takeLookUp(door, headers, socket.remoteAddress);
  const { database, mayLook } = door;
  const opened = await database.run((query) => openPreview(query, { label, secret }, mayLook), signal);
  if (opened === undefined) throw apiFailures.PREVIEW_LINK_OVER('open preview');
  return {
    // With its origin: a path may begin with two slashes.
    location: `${origin}${opened.path}`,
    'set-cookie': previewCookie(origin, opened.cookie, opened.maxAgeS),
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}

async function admit(door: Door, { url, headers, socket }: IncomingMessage): Promise<Admitted> {
  if (url?.startsWith('/') !== true) throw refused('it names another server');
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') throw refused('its body is encoded');
  const { label, origin } = placeOf(door, headers.host);
  const because = crossSite(headers, origin);
  if (because !== null) throw refused(because);
  const cookie = previewCookieIn(headers.cookie, origin);
  if (cookie === null) throw previewOver();
  const onMiss = () => takeLookUp(door, headers, socket.remoteAddress);
  return { look: await door.previews.find({ label, cookie }, onMiss), origin };
}

function placeOf({ pattern }: Door, host = ''): { label: string; origin: string } {
  const label = labelIn(host, pattern);
  if (label === null) throw apiFailures.PREVIEW_HOST_UNKNOWN('preview service');
  return { label, origin: previewOrigin(pattern, label) };
}

/** @throws `RATE_LIMITED` */
function takeLookUp(
  { lookUps, originOf }: Door,
  headers: IncomingMessage['headers'],
  connection: string | undefined,
): void {
  const named = headers['x-forwarded-for'];
  const own = new Headers(named === undefined ? {} : { 'x-forwarded-for': String(named) });
  lookUps.take(networkOf(originOf(own, connection).client));
}

function told({ isTold, logger, errors }: Door, thrown: unknown): MooseError {
  const error = toApiError(thrown);
  const isOurs = statusOf(error) >= 500 && !expected.has(error.code);
  if (isOurs && isTold(error.code, false)) {
    logger.warn({ err: error }, 'could not show a preview');
    errors.record(error).resolved(false);
  }
  return error;
}

/** A service that has just ended or does not answer is no failure of Moose. */
const expected: ReadonlySet<string> = new Set(['SERVICE_NOT_REACHED', 'PREVIEWS_FULL']);

const previewOver = () => commandFailures.PREVIEW_OVER('preview service');
const refused = (because: string) => apiFailures.PREVIEW_REQUEST_REFUSED('preview service', { because });
const notReached = (because: string) => sessionFailures.SERVICE_NOT_REACHED('preview service', { because });

const refusalHeaders = {
  'content-type': 'text/plain; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

function wordsOf(error: MooseError): string {
  const { detail, advice } = problemOf(error);
  return `${detail}\n${advice}\n`;
}

function sayRefusal(answer: ServerResponse, error: MooseError): void {
  if (answer.destroyed || answer.headersSent) return void answer.destroy();
  answer.writeHead(statusOf(error), refusalHeaders).end(wordsOf(error));
}

function refuseUpgrade(socket: Duplex, error: MooseError): void {
  const text = wordsOf(error);
  const lines = Object.entries({ ...refusalHeaders, 'content-length': Buffer.byteLength(text) });
  const head = lines.map(([name, value]) => `${name}: ${value}`);
  // Nobody waits for a client that does not read the answer.
  socket.end([`HTTP/1.1 ${statusOf(error)} Refused`, ...head, '', text].join('\r\n'), () => socket.destroy());
}
