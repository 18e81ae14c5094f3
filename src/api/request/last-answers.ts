// While fresh data is unavailable, a GET returns the last answer that the same caller got, marked as old (R-REC-4).
import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { type Clock, systemClock } from '../../stdx/clock.ts';
import { sessionSecretIn } from '../sign-in/session-cookie.ts';
import type { ApiVariables } from './api.ts';
import type { Caller } from './caller.ts';
import { isSecure, type OwnNames } from './check-origin.ts';

/** When the answer was fresh (RFC 3339); absent if the answer is fresh. */
const asOfHeader = 'x-moose-as-of';

const answersMax = 500;
const bytesMax = 32 * 1_024 * 1_024;
const answerBytesMax = 1_024 * 1_024;
/** How long a caller may get an old answer, even if the token was revoked meanwhile. */
const ageMsMax = 60 * 60_000;
/** How long to wait for fresh data if an older answer exists. */
const defaultFreshMsMax = 3_000;

interface Answer {
  body: string;
  contentType: string;
  at: Date;
}

export interface LastAnswersOptions {
  clock?: Clock;
  freshMsMax?: number;
}

/** Must run before the caller is checked: without the database, nobody can be checked. */
export function giveLastAnswers(
  own: OwnNames,
  options: LastAnswersOptions = {},
): MiddlewareHandler<ApiVariables> {
  const { clock = systemClock, freshMsMax = defaultFreshMsMax } = options;
  const answers = createAnswers();
  return async (c, next) => {
    // Answers for probes and metrics collectors must be current.
    const isData = c.req.method === 'GET' && c.req.path.startsWith('/api/');
    const caller = isData ? callerOf(c.req.raw.headers, own) : null;
    if (caller === null) return next();
    const key = `${caller} ${c.req.url}`;
    const kept = answers.find(key, new Date(clock.now().getTime() - ageMsMax));
    if (kept) c.set('signal', AbortSignal.timeout(freshMsMax));
    await next();
    if (c.res.status === 401) answers.forget(caller);
    // The role was lowered.
    if (c.res.status === 403) answers.drop(key);
    if (c.res.status === 503 && kept) give(c, kept);
    else if (c.res.status === 200 && isJson(c.res) && !isByProxy(c.get('caller'))) {
      const { headers } = c.res;
      const body = await c.res.clone().text();
      answers.keep(key, { body, contentType: headers.get('content-type') ?? '', at: clock.now() });
    }
  };
}

function give(c: Context, { body, contentType, at }: Answer): void {
  c.res = new Response(body, {
    status: 200,
    headers: { 'content-type': contentType, [asOfHeader]: at.toISOString() },
  });
}

/** The same cookie may come with another person's name. */
function isByProxy(caller: Caller | undefined): boolean {
  return caller?.isAmbient === true && caller.sessionId === null;
}

function isJson({ headers }: Response): boolean {
  return (headers.get('content-type') ?? '').startsWith('application/json');
}

/** Identifies a request's credentials without containing them; null if there are none. */
function callerOf(headers: Headers, own: OwnNames): string | null {
  const credentials = headers.get('authorization') || sessionSecretIn(headers, isSecure(headers, own));
  return !credentials ? null : createHash('sha256').update(credentials).digest('base64url');
}

/** Keeps the newest answers, as many as fit. */
function createAnswers() {
  // Answers in the order in which they were stored.
  const answers = new Map<string, Answer>();
  let bytes = 0;
  const drop = (key: string) => {
    bytes -= answers.get(key)?.body.length ?? 0;
    answers.delete(key);
  };
  return {
    find(key: string, notBefore: Date): Answer | undefined {
      const answer = answers.get(key);
      return answer && answer.at >= notBefore ? answer : undefined;
    },
    keep(key: string, answer: Answer): void {
      drop(key);
      if (answer.body.length > answerBytesMax) return;
      answers.set(key, answer);
      bytes += answer.body.length;
      for (const oldest of answers.keys()) {
        if (answers.size <= answersMax && bytes <= bytesMax) break;
        drop(oldest);
      }
    },
    drop,
    forget(caller: string): void {
      for (const key of [...answers.keys()]) if (key.startsWith(`${caller} `)) drop(key);
    },
  };
}
