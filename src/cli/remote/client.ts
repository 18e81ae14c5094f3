// Calls a server's HTTP interface. The token goes only to that server, every answer is limited and checked,
// and only a call that cannot take effect twice is repeated (R-DIST-2).
import type { z } from '@hono/zod-openapi';
import { problemSchema } from '../../contract/contract.ts';
import type { Ask } from '../../contract/operations/ask.ts';
import { PermanentError, TransientError } from '../../domain/failure.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { askThrough, type Question } from './ask.ts';
import { readBounded } from './read-bounded.ts';
import {
  isConnectionFailure,
  isRefused,
  lost,
  old,
  otherVersion,
  unreachable,
  unreadable,
} from './server-errors.ts';

export interface ServerAddress {
  /** Without a path, as in `https://moose.example.org`. */
  url: string;
  token: string;
}

export interface ServerClient {
  url: string;
  ask: Ask;
  close(): Promise<void>;
}

/** The server itself answers within 15 s. */
const requestMsMax = 60_000;
const closeMsMax = 2_000;
const triesMax = 4;
const retryDelaysMs = [250, 1_000, 3_000] as const;
const retryAfterMsMax = 10_000;

/** Present if the server's database is unavailable, so that it returns its last answer. */
const asOfHeader = 'x-moose-as-of';

interface Answered {
  status: number;
  text: string;
  headers: Headers;
}

type Send = (path: string, question: Partial<Question>, cookie: string | null) => Promise<Answered>;

/** Sends one request, without repeating it. */
function sender({ url, token }: ServerAddress, signal: AbortSignal): Send {
  return async (
    path: string,
    { method = 'GET', body, key, left, signal: given = signal }: Partial<Question>,
    cookie: string | null,
  ): Promise<Answered> => {
    const response = await fetch(new URL(path, url), {
      method,
      // The token must not follow a redirect to another server: the answer is then unreadable.
      redirect: 'manual',
      signal: AbortSignal.any([given, AbortSignal.timeout(requestMsMax)]),
      headers: {
        ...(cookie === null ? { authorization: `Bearer ${token}` } : { cookie, origin: url }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      headers: response.headers,
      text: await readBounded(response, url, left),
    };
  };
}

/** The cookie of a new session of the person whose token it is; null if it is a program's. */
async function cookieOf({ url, token }: ServerAddress, send: Send): Promise<string | null> {
  const signed = await send('/api/session', { method: 'POST', body: { token, brief: true } }, null);
  if (signed.status === 200) return cookieIn(signed.headers) ?? null;
  const problem = problemOf(signed, url);
  if (problem.code === 'TOKEN_NOT_A_PERSONS') return null;
  throw problem;
}

/** `asProgram`: the client never signs in, so it acts as a program even if the token belongs to a person. */
export function createClient(
  { url, token }: ServerAddress,
  signal: AbortSignal,
  { asProgram = false }: { asProgram?: boolean } = {},
): ServerClient {
  /** The cookie of the person's session; null if the token is a program's. */
  let person: Promise<string | null> | undefined;
  const cookies = new Set<string>();
  const send = sender({ url, token }, signal);
  const signIn = async (): Promise<string | null> => {
    const cookie = await cookieOf({ url, token }, send);
    if (cookie !== null) cookies.add(cookie);
    return cookie;
  };
  const attempt = async (path: string, question: Question, onSend: () => void): Promise<Answered> => {
    if (question.asPerson) person ??= asProgram ? Promise.resolve(null) : signIn();
    const cookie = question.asPerson ? ((await person) ?? null) : null;
    onSend();
    return send(path, question, cookie);
  };
  return {
    url,
    ask: askThrough(async (question) => {
      const { path, isChange } = question;
      const mayRepeat = !question.asPerson || question.key !== undefined;
      // The change was sent, and nobody knows whether it was made.
      let isUnsure = false;
      for (let tries = 1; ; tries++) {
        let isSent = false;
        const onSend = () => {
          isSent = true;
        };
        const answered = await attempt(path, question, onSend).catch((cause: unknown) => {
          person = undefined;
          return { cause };
        });
        const isLast = !mayRepeat || tries >= triesMax || signal.aborted;
        const delayMs = retryDelaysMs[tries - 1] ?? 0;
        if ('cause' in answered) {
          isUnsure ||= isChange && isSent && !isRefused(answered.cause);
          if (isLast || !isConnectionFailure(answered.cause))
            throw unreachable(answered.cause, { url, isUnsure }, signal);
          await sleep(delayMs, signal);
          continue;
        }
        const asOf = answered.headers.get(asOfHeader);
        if (answered.status < 300 && asOf === null) {
          const what = read(question.answer, answered);
          if ('data' in what) return what.data;
          throw otherVersion({ url, isChange, version: await versionOf(send), ...what });
        }
        const problem = asOf === null ? problemOf(answered, url) : old(url, asOf);
        // Work that such a request has started continues.
        isUnsure ||= isChange && problem.code === 'REQUEST_TIMED_OUT';
        if (isLast && isUnsure && problem.retryable) throw lost(url, problem);
        if (isLast || !problem.retryable) throw problem;
        await sleep(Math.min(problem.retryAfterMs ?? delayMs, retryAfterMsMax), signal);
      }
    }),
    async close() {
      const question = { method: 'DELETE', signal: AbortSignal.timeout(closeMsMax) } as const;
      // A session that is not ended here ends by itself later.
      await Promise.allSettled([...cookies].map((cookie) => send('/api/session', question, cookie)));
    },
  };
}

function cookieIn(headers: Headers): string | undefined {
  return headers
    .getSetCookie()
    .find((cookie) => /^(?:__Host-)?moose_session=/.test(cookie))
    ?.split(';')[0];
}

/** `problem`: what is not as this version of Moose expects. */
function read(schema: z.ZodType, { text, status }: Answered): { data: unknown } | { problem: string } {
  const answer = schema.safeParse(status === 204 ? undefined : parsed(text));
  if (answer.success) return { data: answer.data };
  const [issue] = answer.error.issues;
  return { problem: issue ? `${issue.path.join('.') || 'the answer'}: ${issue.message}` : '' };
}

/** The version of the server; null if it does not say one. */
async function versionOf(send: Send): Promise<string | null> {
  try {
    const { text } = await send('/api/me', {}, null);
    const me = parsed(text);
    const version = typeof me === 'object' && me !== null && 'version' in me ? me.version : null;
    return typeof version === 'string' && /^[0-9A-Za-z.+-]{1,50}$/.test(version) ? version : null;
  } catch {
    // The answer that could not be read is reported in any case.
    return null;
  }
}

/** A body that is not JSON is handled as an unreadable answer by the caller's error. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    return cause;
  }
}

/** The server's own advice names a header, which nobody sets here. */
const tokenAdvice =
  'Check MOOSE_TOKEN: `moose tokens` on that machine lists the valid ones, and `moose tokens create NAME` makes one.';

/** The server's own error, with its code and advice. */
function problemOf({ text, status, headers }: Answered, url: string): PermanentError | TransientError {
  const problem = problemSchema.safeParse(parsed(text));
  if (!problem.success || !/^[A-Z][A-Z0-9_]{0,99}$/.test(problem.data.code))
    return unreadable(url, `status ${status}`);
  const { code, detail: message } = problem.data;
  const advice = code === 'TOKEN_INVALID' ? tokenAdvice : problem.data.advice;
  const fields = { code, message, advice, component: 'server', operation: 'call' };
  if (status !== 429 && status !== 503) return new PermanentError(fields);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new TransientError({ ...fields, ...(seconds >= 0 ? { retryAfterMs: seconds * 1_000 } : {}) });
}
