// Keeps a server reachable: connections without a complete request are closed in favour of newer ones, and each address
// gets a limited number. A complete request is never interrupted before it is answered.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  connectionsMax: number;
  /** Connections that send a request or wait for one, in total and per address; above this, the oldest is closed. */
  waitingMax: number;
  waitingPerAddressMax: number;
}

/** Call this after all listeners for `upgrade` are registered: an upgraded connection is no longer HTTP. */
export function limitConnections(server: Server, limits: ConnectionLimits): void {
  server.maxConnections = limits.connectionsMax;
  /** Ordered by when they began to wait; the value is null while no request is in progress. */
  const open = new Map<Socket, IncomingMessage | null>();
  const touch = (socket: Socket, request: IncomingMessage | null) => {
    open.delete(socket);
    open.set(socket, request);
  };
  const onRequest = (request: IncomingMessage, answer: ServerResponse) => {
    const { socket } = request;
    touch(socket, request);
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

function makeRoom(open: ReadonlyMap<Socket, IncomingMessage | null>, limits: ConnectionLimits): void {
  // Usually no connection has to be closed.
  if (open.size <= Math.min(limits.waitingMax, limits.waitingPerAddressMax)) return;
  const waiting = [...open].filter(([, request]) => !request?.complete).map(([socket]) => socket);
  const address = waiting.at(-1)?.remoteAddress;
  const ofAddress = waiting.filter(({ remoteAddress }) => remoteAddress === address);
  if (ofAddress.length > limits.waitingPerAddressMax) ofAddress[0]?.destroy();
  else if (waiting.length > limits.waitingMax) waiting[0]?.destroy();
}
