// A page of another site in a browser on this machine also reaches loopback: `Host` and `Origin` distinguish it from
// ours.

import type { PermanentError } from '../../domain/failure.ts';
import { apiFailures } from '../failure-catalogue.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

export interface OwnNames {
  /** The public address besides loopback: `https://moose.example.org`; null if there is none. */
  baseUrl: string | null;
}

/**
 * @throws PermanentError `HOST_NOT_ALLOWED` (a foreign name that points to this server), `ORIGIN_NOT_ALLOWED` (another
 * site's page)
 */
export function checkOrigin(headers: Headers, { baseUrl }: OwnNames): void {
  const host = headers.get('host') ?? '';
  const own = baseUrl === null ? null : new URL(baseUrl);
  const isOwn = own !== null && host === own.host;
  // Any port is accepted, because a tunnel to this machine has its own.
  if (!isOwn && !loopback.has(host.replace(/:\d{1,5}$/, '').toLowerCase())) {
    throw apiFailures.HOST_NOT_ALLOWED('admit');
  }
  const origin = headers.get('origin');
  if (origin === null || (isOwn && origin === own.origin)) return;
  if (!isOwn && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()) return;
  throw foreignPage();
}

/**
 * A browser sends the cookie automatically, so a change must come from one of our own pages.
 * @throws `ORIGIN_NOT_ALLOWED`
 */
export function checkOwnPage(method: string, headers: Headers): void {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') throw foreignPage();
  if (method === 'GET' || method === 'HEAD') return;
  // `checkOrigin` has already verified an existing origin.
  if (headers.get('origin') === null && site !== 'same-origin') throw foreignPage();
}

/** True if the connection uses TLS, as far as the public address shows. */
export function isSecure(headers: Headers, { baseUrl }: OwnNames): boolean {
  if (baseUrl === null) return false;
  const own = new URL(baseUrl);
  return own.protocol === 'https:' && headers.get('host') === own.host;
}

function foreignPage(): PermanentError {
  return apiFailures.ORIGIN_NOT_ALLOWED('admit');
}
