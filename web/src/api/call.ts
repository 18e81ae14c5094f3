// All requests to the server: JSON in both directions, and every failure as a `Problem` with advice.
import type { Problem } from '../../../src/contract/contract.ts';
import { noteAsOf } from './as-of.ts';

export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Called when the session has ended. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell;
}

const away: Problem = {
  type: 'urn:moose:error:SERVER_AWAY',
  title: 'Unreachable',
  status: 0,
  detail: 'Moose is not responding.',
  code: 'SERVER_AWAY',
  advice: 'Check that `moose up` is running. This page updates automatically when Moose responds.',
};

export interface CallOptions {
  body?: unknown;
  /** A request with the same key is executed only once. */
  key?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** @throws ProblemError */
export async function call<T>(method: string, path: string, { body, key, signal }: CallOptions): Promise<T> {
  const answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ProblemError(away);
  });
  if (answer.ok && method === 'GET') noteAsOf(answer.headers.get('x-moose-as-of'));
  if (answer.ok) return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
  const problem = await problemOf(answer);
  if (problem.code === 'TOKEN_INVALID' || problem.code === 'SESSION_OVER') onSignedOut();
  throw new ProblemError(problem);
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    return (await answer.json()) as Problem;
  } catch {
    return {
      ...away,
      status: answer.status,
      detail: `Moose returned status ${answer.status} without a message.`,
    };
  }
}

/** Builds `?a=1&b=2`; undefined and empty values are left out. */
export function queryOf(given: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
