// What goes wrong on purpose. Sources: GitHub's pages on rate limits and troubleshooting, and what integrations met.

export interface PlannedFault {
  /**
   * The requests that fail: a prefix of method and path, or a regular expression. For git: `git fetch`, `git push`. For
   * GraphQL, the name of the mutation follows the path.
   */
  match: string | RegExp;
  /** Whether GitHub does what was asked although the answer is lost. */
  when: 'before' | 'after';
  /**
   * An answer, a dropped connection, or none until the client hangs up. `cut`: the connection is lost in the middle of the
   * body. `garbled`: half of the body, as if it were all. A function is awaited, and then the connection is dropped:
   * for example, it kills the client.
   */
  what:
    | { status: number; headers?: Record<string, string>; body: unknown }
    | 'drop'
    | 'hang'
    | 'cut'
    | 'garbled'
    | (() => Promise<void>);
  /** How many times; 1 if it is not said. */
  times?: number;
  /** How many matching requests go well first. */
  after?: number;
}

export function takeFault(
  faults: PlannedFault[],
  key: string,
  when: PlannedFault['when'],
): PlannedFault | null {
  for (const fault of faults) {
    const isMeant = typeof fault.match === 'string' ? key.startsWith(fault.match) : fault.match.test(key);
    if (!isMeant || fault.when !== when) continue;
    if ((fault.after ?? 0) > 0) {
      fault.after = (fault.after ?? 0) - 1;
      continue;
    }
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
    return fault;
  }
  return null;
}

const docs = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';

/** Used up for this hour: 403 or 429, and `remaining` is 0. */
export function primaryLimit(resetAt: Date, status: 403 | 429 = 403): PlannedFault['what'] {
  const headers = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': '5000',
    'x-ratelimit-reset': String(Math.ceil(resetAt.getTime() / 1000)),
  };
  return {
    status,
    headers,
    body: { message: 'API rate limit exceeded for user ID 1.', documentation_url: docs },
  };
}

/** Too much at once: 403 or 429, often with much remaining, and with or without `retry-after`. */
export function secondaryLimit(status: 403 | 429, retryAfterSeconds?: number): PlannedFault['what'] {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { status, headers, body: { message, documentation_url: `${docs}#about-secondary-rate-limits` } };
}

/** A page for people, not JSON. */
export function serverError(status: 500 | 502 | 503 | 504): PlannedFault['what'] {
  const body = '<html><head><title>Unicorn! &middot; GitHub</title></head><body>We had issues.</body></html>';
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
