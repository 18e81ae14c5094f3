// Where a request comes from: of the connection alone. What a header says of it anybody can write.
import type { Context } from 'hono';
import type { ApiVariables } from './app.ts';

export function addressOf(c: Context<ApiVariables>): string | undefined {
  const given = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  return given?.incoming?.socket?.remoteAddress;
}
