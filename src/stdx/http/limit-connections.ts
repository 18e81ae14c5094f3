// Keeps a server reachable: connections without a complete request, and those whose client does not read its complete
// answer, are closed in favour of newer ones, and each address gets a limited number. A complete request is never
// interrupted before it is answered.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  connectionsMax: number;
  /** Connections that wait for their client, in total and per address; above this, the oldest is closed. */
  waitingMax: number;
  waitingPerAddressMax: number;
  /** Bytes of complete answers that their clients have not read; above this, the oldest connections are closed. */
  unreadBytesMax: number;
  /** Addresses from which many clients come: only the total limits them. None if absent. */
  isProxy?(address: string | undefined): boolean;
}

interface Exchange {
  request: IncomingMessage;
  answer: ServerResponse;
}

/** Call this after all listeners for `upgrade` are registered: an upgraded connection is no longer HTTP. */
export function limitConnections(server: Server, limits: ConnectionLimits): void {
  server.maxConnections = limits.connectionsMax;
  /** Ordered by when they began to wait; the value is null while no request is in progress. */
  const open = new Map<Socket, Exchange | null>();
  const touch = (socket: Socket, exchange: Exchange | null) => {
    open.delete(socket);
    open.set(socket, exchange);
  };
  const onRequest = (request: IncomingMessage, answer: ServerResponse) => {
    const { socket } = request;
    touch(socket, { request, answer });
    closeUnread(open, limits.unreadBytesMax);
    answer.once('close', () => {
      if (open.has(socket)) touch(socket, null);
    });
  };
  server.on('connection', (socket: Socket) => {
    open.set(socket, null);
    socket.once('close', () => open.delete(socket));
    makeRoom(open, limits);
  });
  server.prependListener('request', onRequest);
  if (server.listenerCount('checkContinue') > 0) server.prependListener('checkContinue', onRequest);
  if (server.listenerCount('upgrade') > 0) {
    server.prependListener('upgrade', ({ socket }) => open.delete(socket));
  }
}

function makeRoom(open: ReadonlyMap<Socket, Exchange | null>, limits: ConnectionLimits): void {
  // Usually no connection has to be closed.
  if (open.size <= Math.min(limits.waitingMax, limits.waitingPerAddressMax)) return;
  const waiting = [...open].filter(([, exchange]) => waitsForClient(exchange)).map(([socket]) => socket);
  const address = waiting.at(-1)?.remoteAddress;
  const isShared = limits.isProxy?.(address) ?? false;
  const ofAddress = isShared ? [] : waiting.filter(({ remoteAddress }) => remoteAddress === address);
  const ofOne = beyond(ofAddress, limits.waitingPerAddressMax);
  for (const socket of ofOne.length > 0 ? ofOne : beyond(waiting, limits.waitingMax)) socket.destroy();
}

/** The oldest of too many. They may be several: requests that were being answered may all wait for their clients now. */
function beyond(waiting: readonly Socket[], max: number): readonly Socket[] {
  return waiting.slice(0, Math.max(0, waiting.length - max));
}

function closeUnread(open: ReadonlyMap<Socket, Exchange | null>, bytesMax: number): void {
  let bytes = 0;
  for (const [socket, exchange] of [...open].reverse()) {
    bytes += socket.writableLength;
    if (bytes > bytesMax && waitsForClient(exchange)) socket.destroy();
  }
}

/** For a request, for the rest of one, or until the client has read an answer that is complete. */
function waitsForClient(exchange: Exchange | null): boolean {
  return exchange === null || !exchange.request.complete || exchange.answer.writableEnded;
}
