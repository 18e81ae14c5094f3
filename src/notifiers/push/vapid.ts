// Proves to a push service that a message comes from the Moose that the browser subscribed to (RFC 8292).
import { importJWK, SignJWT } from 'jose';
import type { PushKey } from '../../engine/ports/notifier.ts';

/** RFC 8292 allows 24 hours; clocks differ. */
const validMs = 12 * 60 * 60_000;

/**
 * The header `Authorization`, valid only for the push service of `endpoint`. `contact`: an address where the push service
 * reaches whoever runs Moose.
 */
export async function vapidHeader(
  { publicKey, privateKey }: PushKey,
  { endpoint, contact, now }: { endpoint: URL; contact: string | null; now: Date },
): Promise<string> {
  const point = Buffer.from(publicKey, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const key = await importJWK({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '', d: privateKey }, 'ES256');
  const token = await new SignJWT(contact === null ? {} : { sub: contact })
    .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
    .setAudience(endpoint.origin)
    .setExpirationTime(Math.floor((now.getTime() + validMs) / 1_000))
    .sign(key);
  return `vapid t=${token}, k=${publicKey}`;
}
