// The cookie of a signed-in person: no script can read it, and no page of another site can send it.
import { sessionMsMax } from '../store/access/web-sessions.ts';

export const cookieName = 'moose_session';
const cookiePattern = /(?:^|;)\s*moose_session=([\w-]{43})\s*(?=;|$)/;

export function sessionSecretIn(headers: Headers): string | null {
  return cookiePattern.exec(headers.get('cookie') ?? '')?.[1] ?? null;
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
