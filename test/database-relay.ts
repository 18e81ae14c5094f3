// For tests: a relay to a database that can cut connections or silence them.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../src/store/database.ts';

export interface DatabaseRelay {
  /** The database, reached through the relay. */
  database: Database;
  /** Breaks all connections, and refuses new ones. */
  cut(): Promise<void>;
  /** Passes no data on, without telling either side. */
  freeze(): void;
  /** Makes the relay work again. */
  mend(): Promise<void>;
}

export async function databaseRelay(url: string): Promise<DatabaseRelay> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  let held: (() => void)[] = [];
  const pass = (from: Socket, to: Socket) => {
    const go = (step: () => void) => void (isFrozen ? held.push(step) : step());
    from.on('data', (chunk) => go(() => to.write(chunk)));
    from.once('end', () => go(() => to.end()));
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    pass(client, upstream);
    pass(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(url);
  here.port = String((server.address() as AddressInfo).port);
  const database = openDatabase(here.href, { connectionsMax: 8 });
  const relay: DatabaseRelay = {
    database,
    cut: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    freeze: () => {
      isFrozen = true;
    },
    mend: async () => {
      isFrozen = false;
      const passed = held;
      held = [];
      for (const step of passed) step();
      if (server.listening) return;
      server.listen(Number(here.port), '127.0.0.1');
      await once(server, 'listening');
    },
  };
  onTestFinished(async () => {
    await relay.mend();
    await database.close();
    await relay.cut();
  });
  return relay;
}
