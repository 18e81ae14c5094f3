// The only way to call a forge's host: it obeys the host's limits over all machines, repeats nothing by itself, sends a
// credential nowhere else, and bounds time and size. Every failure is a MooseError; see `host-failures.ts`.
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { MooseError } from '../domain/failure.ts';
import type { Clock } from '../stdx/clock.ts';
import { SendFailure, type Sent, sendOnce } from '../stdx/send-once.ts';
import { type AnswerCache, createAnswerCache } from './answer-cache.ts';
import {
  type CallFacts,
  garbledAnswer,
  logUnreadable,
  refusal,
  sendFailure,
  statusFailure,
} from './host-failures.ts';
import { limitIn, pauseIn, type ToldLimit, type ToldPause, toldNow } from './read-limits.ts';

/** The limits of a host, shared by all machines. */
export interface HostLimits {
  /** Waits for a write's turn. @throws ExternalServiceError `FORGE_PAUSED` */
  admit(call: { isWrite: boolean; canWait: boolean }, signal?: AbortSignal): Promise<void>;
  /** The host refused a call because of a limit. */
  pause(told: ToldPause, signal?: AbortSignal): Promise<MooseError>;
  note(limit: ToldLimit, signal?: AbortSignal): Promise<void>;
  /** The host answered without a limit: the next pause without a given length is short again. */
  answered(signal?: AbortSignal): Promise<void>;
}

export interface HostPlace {
  host: string;
  /** All calls go to addresses below this one; https, or http if the forge was registered with it. */
  apiUrl: string;
  /** The value of the header `authorization`; null for none. */
  authorization(signal?: AbortSignal): Promise<string | null>;
  headers?: Readonly<Record<string, string>>;
  limits: HostLimits;
  clock: Clock;
}

export interface HostCall {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** A path below the API's address, with a leading slash and encoded segments; or a URL of the same origin. */
  path: string | URL;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  body?: unknown;
  /** Defaults to true for every method but GET. False for a question that is asked by POST, as in GraphQL. */
  isWrite?: boolean;
  /** Statuses from 400 that the caller reads itself, besides 405, 409 and 422. */
  answers?: readonly number[];
  /** True for polling that nobody waits for: it leaves a share of the limit to people and to writes. */
  canWait?: boolean;
  /** Reads the end of a text, which may be on another host; that host gets no credential. */
  tailBytes?: number;
  signal?: AbortSignal | undefined;
}

export interface HostReply {
  status: number;
  headers: IncomingHttpHeaders;
  /** JSON that was read, or null for none; with `tailBytes` the text. */
  body: unknown;
  /** Only with `tailBytes`: the beginning is missing. */
  isCut: boolean;
  facts: CallFacts;
}

export type CallHost = (call: HostCall) => Promise<HostReply>;

const callMs = 30_000;
/** A busy forge executes a write after its client has given up, possibly only half of it, so the limit is long. */
const writeMs = 120_000;
const tailMs = 120_000;
const answerBytesMax = 16 * 1024 * 1024;
const redirectsMax = 3;
const readByCallers = new Set([405, 409, 422]);

export function createCallHost(place: HostPlace, cache: AnswerCache = createAnswerCache()): CallHost {
  return async (call) => {
    const { method, signal, tailBytes } = call;
    const isWrite = call.isWrite ?? method !== 'GET';
    const url = addressOf(place, call);
    const facts: CallFacts = {
      host: place.host,
      method,
      path: url.pathname,
      isWrite,
      timeoutMs: tailBytes !== undefined ? tailMs : isWrite ? writeMs : callMs,
    };
    await place.limits.admit({ isWrite, canWait: call.canWait ?? false }, signal);
    const authorization = await place.authorization(signal);
    const key = method === 'GET' && tailBytes === undefined ? cacheKey(url, authorization) : null;
    const kept = key === null ? undefined : cache.find(key);
    const sent = await sendThrough(place, call, { url, authorization, facts, etag: kept?.etag });
    // The limits in an answer of another host, such as one with a log, do not apply to this host.
    if (sent.isHome) await heedLimits(place, sent, signal);
    if (sent.status === 304 && kept)
      return {
        status: 200,
        headers: { ...sent.headers, ...kept.headers },
        body: kept.body,
        isCut: false,
        facts,
      };
    if (tailBytes !== undefined && sent.status === 200)
      return { ...sent, body: sent.body.toString('utf8'), facts };
    const isRead = readByCallers.has(sent.status) || call.answers?.includes(sent.status);
    if (!sent.isHome && !isRead) throw logUnreadable(`HTTP ${sent.status}`, facts);
    const body = jsonIn(sent, facts);
    if ((sent.status < 200 || sent.status >= 300) && !isRead)
      throw statusFailure(sent.status, messageIn(body), facts);
    const { etag, link } = sent.headers;
    if (key !== null && etag !== undefined && sent.status === 200)
      cache.keep(key, { etag, headers: link ? { link: String(link) } : {}, body, bytes: sent.body.length });
    return { status: sent.status, headers: sent.headers, body, isCut: false, facts };
  };
}

/** For an answer that the caller does not expect. */
export function unexpectedAnswer({ status, body, facts }: HostReply): MooseError {
  return refusal(status, messageIn(body), facts);
}

/** Reads an answer leniently; `read` throws if it is not in the expected format. */
export function readReply<T>({ body, facts }: HostReply, read: { parse(value: unknown): T }): T {
  try {
    return read.parse(body);
  } catch (cause) {
    throw garbledAnswer(cause instanceof Error ? cause.message : String(cause), facts);
  }
}

/** The host's own sentence about a failure, with the details that it lists. */
export function messageIn(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body === null || typeof body !== 'object') return '';
  const { message, errors } = body as { message?: unknown; errors?: unknown };
  const details = Array.isArray(errors) ? errors.map(detailOf).filter((detail) => detail !== '') : [];
  return [textOf(message), ...details].filter((part) => part !== '').join('; ');
}

/** GitLab's message is a text, a list, or an object with a list for each field. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message === null || typeof message !== 'object') return '';
  return Object.entries(message)
    .map(([field, said]) => (Array.isArray(message) ? plainText(said) : `${field}: ${plainText(said)}`))
    .join('; ');
}

/** Deeper values may have no text at all, and `String` fails on them. */
function plainText(said: unknown): string {
  const all: unknown[] = Array.isArray(said) ? said : [said];
  return all.map((each) => (typeof each === 'object' ? '…' : String(each))).join(', ');
}

function detailOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (error === null || typeof error !== 'object') return '';
  const { message, field, code } = error as Record<string, unknown>;
  if (typeof message === 'string') return message;
  return [field, code].filter((part) => typeof part === 'string').join(' ');
}

function addressOf({ apiUrl }: HostPlace, { path, query = {} }: HostCall): URL {
  const base = new URL(apiUrl);
  const url =
    path instanceof URL ? new URL(path) : new URL(`${base.origin}${base.pathname.replace(/\/$/, '')}${path}`);
  if (url.origin !== base.origin) throw new RangeError('a call stays on the origin of the API');
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

interface Prepared {
  url: URL;
  authorization: string | null;
  facts: CallFacts;
  etag: string | undefined;
}

/** Follows redirects: a read on the same origin, a write only if the redirect preserves its method, a tail anywhere. */
async function sendThrough(
  place: HostPlace,
  call: HostCall,
  prepared: Prepared,
): Promise<Sent & { isHome: boolean }> {
  const { authorization, facts, etag } = prepared;
  let { url } = prepared;
  for (let redirects = 0; ; redirects += 1) {
    const isHome = url.origin === prepared.url.origin;
    const sent = await send(place, call, facts, {
      url,
      headers: {
        ...(isHome ? { accept: 'application/json', ...place.headers } : {}),
        'user-agent': 'moose',
        ...(isHome && authorization !== null ? { authorization } : {}),
        ...(isHome && etag !== undefined ? { 'if-none-match': etag } : {}),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    const next = redirects < redirectsMax ? redirectOf(sent, url, call) : null;
    if (next === null) return { ...sent, isHome };
    url = next;
  }
}

async function send(
  { apiUrl }: HostPlace,
  { method, body, tailBytes, signal }: HostCall,
  facts: CallFacts,
  { url, headers }: { url: URL; headers: Record<string, string> },
): Promise<Sent> {
  try {
    return await sendOnce({
      method,
      url,
      headers,
      signal,
      timeoutMs: facts.timeoutMs,
      outlivesAbort: facts.isWrite,
      body: body === undefined ? null : JSON.stringify(body),
      keep: tailBytes === undefined ? 'all' : 'tail',
      bytesMax: tailBytes ?? answerBytesMax,
    });
  } catch (cause) {
    if (!(cause instanceof SendFailure)) throw cause;
    if (url.origin !== new URL(apiUrl).origin)
      throw logUnreadable(`${url.host}, ${cause.reason}`, facts, cause);
    throw sendFailure(cause, facts);
  }
}

function redirectOf({ status, headers }: Sent, from: URL, call: HostCall): URL | null {
  const { location } = headers;
  if (
    location === undefined ||
    ![301, 302, 303, 307, 308].includes(status) ||
    !URL.canParse(location, from.href)
  )
    return null;
  const to = new URL(location, from);
  const isSafe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  if (!isSafe || to.username !== '' || to.password !== '') return null;
  if (call.tailBytes !== undefined) return to;
  if (to.origin !== from.origin) return null;
  return call.method === 'GET' || status === 307 || status === 308 ? to : null;
}

async function heedLimits(place: HostPlace, sent: Sent, signal: AbortSignal | undefined): Promise<void> {
  const { limits, clock } = place;
  const now = clock.now();
  // The host means its own clock, which may be minutes away from ours.
  const told = toldNow(sent.headers) ?? now;
  const byOurs = (at: Date) => new Date(at.getTime() - told.getTime() + now.getTime());
  const limit = limitIn(sent.headers, told);
  if (limit) await limits.note({ ...limit, resetAt: byOurs(limit.resetAt) }, signal);
  const pause = pauseIn(sent, told);
  if (pause) throw await limits.pause({ ...pause, until: pause.until && byOurs(pause.until) }, signal);
  await limits.answered(signal);
}

function cacheKey(url: URL, authorization: string | null): string {
  const whose = createHash('sha256')
    .update(authorization ?? '')
    .digest('base64');
  return `${whose} ${url.href}`;
}

/** A proxy's error page is text: it becomes the failure's message and is never read as an answer. */
function jsonIn(sent: Sent, facts: CallFacts): unknown {
  const text = sent.body.toString('utf8');
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (sent.status >= 300) return text.startsWith('<') ? 'an HTML page' : text;
    throw garbledAnswer(cause instanceof Error ? cause.message : 'it is no JSON', facts);
  }
}
