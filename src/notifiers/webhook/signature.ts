import { createHmac } from 'node:crypto';

/**
 * `sha256=` and the HMAC-SHA256, in hex, of `<timestamp>.<body>`. The receiver computes the same from the header
 * `x-moose-timestamp` and the body's bytes, and refuses an old timestamp, so that a copied message does not count.
 */
export function signatureOf(secret: string, sentAtS: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${sentAtS}.${body}`).digest('hex')}`;
}
