// A relay between the Moose processes and their database: it can be cut, silent or slow, or lose one answer.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DatabaseRelay {
  url: string;
  /** Breaks every connection; new ones are accepted. */
  cut(): void;
  /** Breaks every connection, and refuses new ones. */
  close(): Promise<void>;
  /** Passes nothing on, and tells neither side. */
  silence(): void;
  /** Passes everything on after this delay. */
  slow(delayMs: number): void;
  /** Breaks the connection whose client has sent this text, once the server has answered its next commit. */
  loseAnswerTo(text: string): void;
  /** Works as it should again. */
  restore(): Promise<void>;
  /** How many answers were lost. */
  lost(): number;
}

const commit = /commit/i;

export async function startDatabaseRelay(url: string): Promise<DatabaseRelay> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let held: (() => void)[] | null = null;
  let delayMs = 0;
  let wanted: string | null = null;
  let lost = 0;
  const pass = (step: () => void) => {
    if (held) held.push(step);
    else if (delayMs > 0) setTimeout(step, delayMs);
    else step();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let isMeant = false;
    let isCommitting = false;
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one
        .on('error', () => one.destroy())
        .on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
    }
    client.on('data', (chunk: Buffer) => {
      if (wanted !== null && chunk.includes(wanted)) isMeant = true;
      isCommitting = isMeant && commit.test(chunk.toString('latin1'));
      pass(() => upstream.write(chunk));
    });
    upstream.on('data', (chunk: Buffer) => {
      if (!isCommitting || wanted === null) return pass(() => client.write(chunk));
      wanted = null;
      lost += 1;
      client.resetAndDestroy();
    });
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const here = new URL(url);
  here.port = String(await listen(0));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: here.href,
    cut,
    lost: () => lost,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
    silence: () => {
      held ??= [];
    },
    slow: (ms) => {
      delayMs = ms;
    },
    loseAnswerTo: (text) => {
      wanted = text;
    },
    async restore() {
      delayMs = 0;
      wanted = null;
      const passed = held ?? [];
      held = null;
      for (const step of passed) step();
      if (!server.listening) await listen(Number(here.port));
    },
  };
}
