import { createHmac } from 'node:crypto';

export function sign(secret: string, body: string): string {
  return 'sha256=' + createHmac('sha256', secret).update(body).digest('hex');
}

export function verify(secret: string, body: string, signature: string | undefined): boolean {
  return signature === sign(secret, body);
}
