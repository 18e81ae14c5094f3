// How an answer ends: as a whole, or so that its client sees that it is none.
import type { ServerResponse } from 'node:http';

export function endAnswer(client: ServerResponse, rest: Buffer, stallMs: number): void {
  if (client.destroyed) return;
  destroyIfStalled(client, stallMs);
  client.end(rest);
}

/** Says its last words, and then breaks the connection rather than end it in order. */
export function breakAnswer(client: ServerResponse, last: Buffer, stallMs: number): void {
  if (client.destroyed) return;
  destroyIfStalled(client, stallMs);
  if (last.length === 0) client.destroy();
  else client.write(last, () => client.destroy());
}

function destroyIfStalled(client: ServerResponse, stallMs: number): void {
  const timer = setTimeout(() => client.destroy(), stallMs);
  client.once('close', () => clearTimeout(timer));
}
