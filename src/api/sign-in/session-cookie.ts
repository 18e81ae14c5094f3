// The cookie of a signed-in person: no script can read it, and no page of another site can send it.
import { sessionMsMax } from '../../store/access/web-sessions.ts';

export const cookieName = 'moose_session';
const signInName = 'moose_sign_in';
const signInSMax = 600;

/**
 * Over TLS, a cookie has the prefix with which a browser takes it from this host name only: no page below or beside it,
 * such as a preview, can set one that Moose reads.
 */
const nameOf = (name: string, isSecure: boolean) => (isSecure ? `__Host-${name}` : name);

function cookieIn(headers: Headers, name: string): string | null {
  const pattern = new RegExp(`(?:^|;)\\s*${name}=([\\w-]{43})\\s*(?=;|$)`);
  return pattern.exec(headers.get('cookie') ?? '')?.[1] ?? null;
}

export function sessionSecretIn(headers: Headers, isSecure: boolean): string | null {
  return cookieIn(headers, nameOf(cookieName, isSecure));
}

export function signInSecretIn(headers: Headers, isSecure: boolean): string | null {
  return cookieIn(headers, nameOf(signInName, isSecure));
}

/** Lax, because the provider's page sends the browser back. An empty secret deletes it. */
export function signInCookie(secret: string, isSecure: boolean): string {
  const maxAgeS = secret === '' ? 0 : signInSMax;
  // The prefix asks for the whole site as the path.
  const path = isSecure ? '/' : '/api/session/oidc';
  const fields = [`${nameOf(signInName, isSecure)}=${secret}`, `Path=${path}`, `Max-Age=${maxAgeS}`];
  return [...fields, 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])].join('; ');
}

export function sessionCookie(secret: string, isSecure: boolean): string {
  return cookie(secret, sessionMsMax / 1_000, isSecure);
}

export function noSessionCookie(isSecure: boolean): string {
  return cookie('', 0, isSecure);
}

function cookie(value: string, maxAgeS: number, isSecure: boolean): string {
  const fields = [
    `${nameOf(cookieName, isSecure)}=${value}`,
    'Path=/',
    `Max-Age=${maxAgeS}`,
    'HttpOnly',
    'SameSite=Strict',
  ];
  return [...fields, ...(isSecure ? ['Secure'] : [])].join('; ');
}
