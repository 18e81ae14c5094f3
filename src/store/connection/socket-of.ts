// The socket of a connection, which `pg` hides.
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';

export function socketOf(client: object): Socket | undefined {
  if (!('connection' in client) || !(client.connection instanceof EventEmitter)) return undefined;
  const { connection } = client;
  return 'stream' in connection && connection.stream instanceof Socket ? connection.stream : undefined;
}
