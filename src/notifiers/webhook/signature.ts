import { createHmac } from 'node:crypto';

/**
 * `sha256=` and the HMAC-SHA256, in hex, of `<timestamp>.<body>`. The receiver computes the same from the header
 * `x-moose-timestamp` and the body's bytes, and refuses a timestamp that is older than it likes: a copy is no message.
 */
export function signatureOf(secret: string, sentAtS: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${sentAtS}.${body}`).digest('hex')}`;
}
