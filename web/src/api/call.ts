// The one way to the server: JSON there and back, and every failure as a `Problem` with what to do about it.
import type { Problem } from '../../../src/api/contract.ts';

export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Told when the server does not know us any more. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell;
}

const away: Problem = {
  type: 'urn:moose:error:SERVER_AWAY',
  title: 'Away',
  status: 0,
  detail: 'Moose does not answer.',
  code: 'SERVER_AWAY',
  advice: 'Is `moose up` still running? This page goes on by itself once it answers.',
};

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** What is asked for under a key is done once, however often it is sent. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** @throws ProblemError */
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const { method = 'GET', body, idempotencyKey, signal } = options;
  const answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ProblemError(away);
  });
  if (answer.ok) return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
  const problem = await problemOf(answer);
  if (problem.code === 'TOKEN_INVALID' || problem.code === 'SESSION_OVER') onSignedOut();
  throw new ProblemError(problem);
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    return (await answer.json()) as Problem;
  } catch {
    return { ...away, status: answer.status, detail: `Moose answered with ${answer.status} and no words.` };
  }
}

/** `?a=1&b=2` of what is given; what is undefined or empty is left out. */
export function queryOf(given: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
