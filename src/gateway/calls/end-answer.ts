// How an answer ends: complete, or so that the client sees that it is incomplete.
import type { ServerResponse } from 'node:http';

export function endAnswer(client: ServerResponse, rest: Buffer, stallMs: number): void {
  if (client.destroyed) return;
  destroyIfStalled(client, stallMs);
  // An empty buffer would be written to the socket.
  if (rest.length === 0) client.end();
  else client.end(rest);
}

/** Sends the last bytes, then breaks the connection instead of closing it in order. */
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
