// A relay between the Moose processes and their database. It can be cut, silent or slow, or lose one answer.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DatabaseRelay {
  url: string;
  /** Breaks every connection, but accepts new ones. Returns the number of broken connections. */
  cut(): number;
  /** Breaks every connection, and refuses new ones. Returns the number of broken connections. */
  close(): Promise<number>;
  /** Forwards nothing, without notice to either side. */
  silence(): void;
  /** Forwards everything after this delay. */
  slow(delayMs: number): void;
  /** Breaks the connection whose client sent this text, after the server has answered its next commit. */
  loseAnswerTo(text: string): void;
  /** Ends every disturbance. */
  restore(): Promise<void>;
  /** The number of lost answers. */
  lost(): number;
  /** The number of chunks that were held back or delayed. */
  hindered(): number;
}

/** How the relay treats the data that it forwards. */
interface Weather {
  /** The chunks that wait while the relay is silent; null if it is not. */
  held: (() => void)[] | null;
  delayMs: number;
  /** The answer to this text gets lost; null if no answer should get lost. */
  wanted: string | null;
  lost: number;
  hindered: number;
}

const commit = /commit/i;

export async function startDatabaseRelay(url: string): Promise<DatabaseRelay> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const weather: Weather = { held: null, delayMs: 0, wanted: null, lost: 0, hindered: 0 };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    joinEnds(client, upstream, sockets);
    converse(client, upstream, weather);
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const here = new URL(url);
  here.port = String(await listen(0));
  const cut = () => {
    const all = [...sockets];
    for (const socket of all) socket.destroy();
    return all.length;
  };
  return {
    url: here.href,
    cut,
    lost: () => weather.lost,
    hindered: () => weather.hindered,
    async close() {
      if (!server.listening) return 0;
      const closed = once(server, 'close');
      server.close();
      const broken = cut();
      await closed;
      return broken;
    },
    silence: () => {
      weather.held ??= [];
    },
    slow: (delayMs) => {
      weather.delayMs = delayMs;
    },
    loseAnswerTo: (text) => {
      weather.wanted = text;
    },
    async restore() {
      const passed = weather.held ?? [];
      Object.assign(weather, { held: null, delayMs: 0, wanted: null });
      for (const step of passed) step();
      if (!server.listening) await listen(Number(here.port));
    },
  };
}

/** The end of one side ends the other. */
function joinEnds(client: Socket, upstream: Socket, sockets: Set<Socket>): void {
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(one);
    one.setNoDelay(true);
    one.on('error', () => one.destroy());
    one.on('close', () => {
      sockets.delete(one);
      other.destroy();
    });
  }
}

function converse(client: Socket, upstream: Socket, weather: Weather): void {
  let isMeant = false;
  let isCommitting = false;
  client.on('data', (chunk: Buffer) => {
    if (weather.wanted !== null && chunk.includes(weather.wanted)) isMeant = true;
    isCommitting = isMeant && commit.test(chunk.toString('latin1'));
    pass(weather, () => upstream.write(chunk));
  });
  upstream.on('data', (chunk: Buffer) => {
    if (!isCommitting || weather.wanted === null) return pass(weather, () => client.write(chunk));
    weather.wanted = null;
    weather.lost += 1;
    client.resetAndDestroy();
  });
}

function pass(weather: Weather, step: () => void): void {
  const { held, delayMs } = weather;
  if (held || delayMs > 0) weather.hindered += 1;
  if (held) held.push(step);
  else if (delayMs > 0) setTimeout(step, delayMs);
  else step();
}
