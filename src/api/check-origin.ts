// A page of somebody else's in a browser on this machine reaches loopback too: `Host` and `Origin` tell it from us.
import { PermanentError } from '../domain/failure.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

export interface OwnNames {
  /** Where people reach the interface besides loopback: `https://moose.example.org`; null for nowhere. */
  baseUrl: string | null;
}

/** @throws PermanentError `HOST_NOT_ALLOWED` (a name that was made to point here), `ORIGIN_NOT_ALLOWED` (another page) */
export function checkOrigin(headers: Headers, { baseUrl }: OwnNames): void {
  const host = headers.get('host') ?? '';
  const own = baseUrl === null ? null : new URL(baseUrl);
  const isOwn = own !== null && host === own.host;
  // Any port: a tunnel to this machine has one of its own.
  if (!isOwn && !loopback.has(host.replace(/:\d{1,5}$/, '').toLowerCase())) {
    throw refused(
      'HOST_NOT_ALLOWED',
      'The request names a host that is not this server.',
      'Use the address that `moose up` prints, or set MOOSE_BASE_URL to the address that people use.',
    );
  }
  const origin = headers.get('origin');
  if (origin === null || (isOwn && origin === own.origin)) return;
  if (!isOwn && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()) return;
  throw foreignPage();
}

/** A browser sends the cookie by itself: a change takes a page of ours to have asked for it. @throws `ORIGIN_NOT_ALLOWED` */
export function checkOwnPage(method: string, headers: Headers): void {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') throw foreignPage();
  if (method === 'GET' || method === 'HEAD') return;
  // Whose it is, `checkOrigin` has seen.
  if (headers.get('origin') === null && site !== 'same-origin') throw foreignPage();
}

/** Over TLS, as far as we can know: by the address that people use. */
export function isSecure(headers: Headers, { baseUrl }: OwnNames): boolean {
  if (baseUrl === null) return false;
  const own = new URL(baseUrl);
  return own.protocol === 'https:' && headers.get('host') === own.host;
}

function foreignPage(): PermanentError {
  return refused(
    'ORIGIN_NOT_ALLOWED',
    'The request comes from a page that does not belong to Moose.',
    "Call the API from a program without an Origin header, or from Moose's own pages.",
  );
}

function refused(code: string, message: string, advice: string): PermanentError {
  return new PermanentError({ code, component: 'api', operation: 'admit', message, advice });
}
