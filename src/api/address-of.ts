// Where a request comes from: only the connection counts, because anybody can write a header.
import type { Context } from 'hono';
import type { ApiVariables } from './app.ts';

export function addressOf(c: Context<ApiVariables>): string | undefined {
  const given = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  return given?.incoming?.socket?.remoteAddress;
}
