// For tests: an egress proxy in this process, for which the test decides which address a name has.
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import { readEgressEntry } from '../../domain/machine/egress.ts';
import type { EgressLookup, EgressRules } from './egress-connect.ts';
import { createEgressProxy, type EgressLimits, egressLimits } from './egress-proxy.ts';

export async function listening<Kind extends Server | HttpServer>(server: Kind): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => open.add(socket));
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that sends back the first line it receives, and ends the connection. */
export const echo = () =>
  listening(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data) => socket.end(`heard ${data}`));
    }),
  );

interface AgentChoice {
  names?: Record<string, string[]>;
  rules?: Partial<EgressRules>;
  limits?: Partial<EgressLimits>;
  resolve?: EgressLookup;
}

/** `consented`: entries that may have private addresses; `listed`: entries that may not. */
export async function proxy(
  listed: string[],
  consented: string[],
  { names = {}, rules, limits, resolve }: AgentChoice = {},
) {
  const refused: string[] = [];
  const faults: unknown[] = [];
  const entries = [...listed, ...consented].map((entry, index) => {
    const read = readEgressEntry(entry, { isPrivate: index >= listed.length });
    if (read === null) throw new Error(`${entry} is no entry`);
    return read;
  });
  const server = createEgressProxy({
    rules: { entries, closedPorts: [], ...rules },
    limits: { ...egressLimits, ...limits },
    resolve:
      resolve ??
      (async (host) =>
        (names[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
    onRefused: (host, port, reason) => refused.push(`${host}:${port} ${reason}`),
    onFault: (cause) => faults.push(cause),
  });
  const port = await listening(server);
  onTestFinished(() => expect(faults).toEqual([]));
  return { port, refused };
}

export function raw(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Sends these bytes and returns the whole answer. */
export async function send(port: number, bytes: string, { ends = false } = {}): Promise<string> {
  const socket = raw(port);
  socket.write(bytes, 'latin1');
  if (ends) socket.end();
  return text(socket).catch(() => 'broken');
}

export const tunnel = (port: number, to: string, more = '') =>
  send(port, `CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n${more}`);
