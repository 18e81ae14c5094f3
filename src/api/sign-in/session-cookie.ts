// The cookie of a signed-in person: no script can read it, and no page of another site can send it.
import { sessionMsMax } from '../../store/access/web-sessions.ts';

export const cookieName = 'moose_session';
const cookiePatterns = {
  moose_session: /(?:^|;)\s*moose_session=([\w-]{43})\s*(?=;|$)/,
  moose_sign_in: /(?:^|;)\s*moose_sign_in=([\w-]{43})\s*(?=;|$)/,
};
const signInSMax = 600;

export function cookieIn(headers: Headers, name: keyof typeof cookiePatterns): string | null {
  return cookiePatterns[name].exec(headers.get('cookie') ?? '')?.[1] ?? null;
}

export function sessionSecretIn(headers: Headers): string | null {
  return cookieIn(headers, cookieName);
}

/** Lax, because the provider's page sends the browser back. An empty secret deletes it. */
export function signInCookie(secret: string, isSecure: boolean): string {
  const maxAgeS = secret === '' ? 0 : signInSMax;
  const fields = [`moose_sign_in=${secret}`, 'Path=/api/session/oidc', `Max-Age=${maxAgeS}`];
  return [...fields, 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])].join('; ');
}

export function sessionCookie(secret: string, isSecure: boolean): string {
  return cookie(secret, sessionMsMax / 1_000, isSecure);
}

export function noSessionCookie(isSecure: boolean): string {
  return cookie('', 0, isSecure);
}

function cookie(value: string, maxAgeS: number, isSecure: boolean): string {
  const fields = [`${cookieName}=${value}`, 'Path=/', `Max-Age=${maxAgeS}`, 'HttpOnly', 'SameSite=Strict'];
  return [...fields, ...(isSecure ? ['Secure'] : [])].join('; ');
}
