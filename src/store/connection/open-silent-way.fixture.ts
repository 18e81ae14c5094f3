// A relay in front of a database whose connections can fall silent: no data passes, and neither side notices.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SilentWay {
  url: string;
  /** Silences the existing connections permanently; new ones work. Returns how many were silenced. */
  silence(): number;
  /** Silences the existing connections permanently, and new ones until `mend`. */
  silenceAll(): void;
  /** How many connections of this application were tried since all are silent. */
  tried(application: string): number;
  mend(): void;
  /** Breaks all connections, and refuses new ones until `reopen`. */
  shut(): void;
  reopen(): Promise<void>;
}

export async function openSilentWay(url: string): Promise<SilentWay & { close(): void }> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  const open = new Set<Socket>();
  const startedSilent: string[] = [];
  let isAllSilent = false;
  const pass = (from: Socket, to: Socket, client: Socket) => {
    from.on('data', (chunk) => void (silent.has(client) || to.write(chunk)));
    from.once('end', () => void (silent.has(client) || to.end()));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    open.add(client);
    if (isAllSilent) {
      silent.add(client);
      // The message that starts a connection names its application.
      client.once('data', (chunk) => startedSilent.push(chunk.toString('latin1')));
    }
    client.once('close', () => open.delete(client));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    pass(client, upstream, client);
    pass(upstream, client, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(url);
  here.port = String((server.address() as AddressInfo).port);
  const silence = () => {
    for (const client of open) silent.add(client);
    return open.size;
  };
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: here.href,
    silence,
    silenceAll: () => {
      isAllSilent = true;
      silence();
    },
    tried: (application) => startedSilent.filter((start) => start.includes(application)).length,
    mend: () => {
      isAllSilent = false;
    },
    shut: close,
    reopen: async () => {
      server.listen(Number(here.port), '127.0.0.1');
      await once(server, 'listening');
    },
    close,
  };
}
