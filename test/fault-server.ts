import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

// An HTTP server on loopback that misbehaves on request: any status, headers and body, no answer, a reset, or an answer
// that is cut off.

export interface FaultRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body, if it is not text. */
  bytes: Buffer;
  /** How many requests came before this one. */
  index: number;
}

export type Fault =
  | { kind: 'reply'; status: number; headers?: Record<string, string>; body?: string | Buffer }
  /** Accepts the request and never answers. */
  | { kind: 'hang' }
  /** Sends headers and these bytes, and then nothing more. */
  | { kind: 'stall'; status?: number; body: string }
  /** Closes the connection with a TCP reset before any answer. */
  | { kind: 'reset' }
  /** Announces the whole body, sends its first half and closes the connection. */
  | { kind: 'cut'; status?: number; headers?: Record<string, string>; body: string }
  /** Sends spaces until the client disconnects. */
  | { kind: 'endless'; status?: number };

export interface FaultServer {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  url: string;
  requests: FaultRequest[];
  /**
   * Resolves once this many requests have been read completely. It has no time limit of its own: the test's limit
   * applies.
   */
  received(count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startFaultServer(
  answer: Fault | ((request: FaultRequest) => Fault | Promise<Fault>),
): Promise<FaultServer> {
  const requests: FaultRequest[] = [];
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming, requests.length);
    if (request === null) {
      return;
    }
    requests.push(request);
    for (const look of waiting) {
      look();
    }
    commit(typeof answer === 'function' ? await answer(request) : answer, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    received: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (requests.length >= count) {
            waiting.delete(look);
            resolve();
          }
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}

/** An address on loopback where nothing listens. */
export async function unusedUrl(): Promise<string> {
  const server = await startFaultServer({ kind: 'hang' });
  await server.stop();
  return server.url;
}

/** Null if the client disconnected before its request was complete. */
async function readRequest(incoming: IncomingMessage, index: number): Promise<FaultRequest | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
  } catch (cause) {
    if (!incoming.complete) {
      return null;
    }
    throw cause;
  }
  const { method = '', url: path = '', headers } = incoming;
  const bytes = Buffer.concat(chunks);
  return { method, path, headers, body: bytes.toString('utf8'), bytes, index };
}

function commit(fault: Fault, response: ServerResponse): void {
  switch (fault.kind) {
    case 'reply':
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(fault.body ?? '');
      return;
    case 'hang':
      return;
    case 'stall':
      response.writeHead(fault.status ?? 200, { 'content-type': 'application/json' });
      response.write(fault.body);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'cut': {
      const body = Buffer.from(fault.body);
      response.writeHead(fault.status ?? 200, {
        'content-type': 'application/json',
        ...fault.headers,
        'content-length': body.length,
      });
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.socket?.destroy());
      return;
    }
    case 'endless':
      response.writeHead(fault.status ?? 200, { 'content-type': 'application/json' });
      pour(response);
  }
}

const blanks = Buffer.alloc(64 * 1_024, ' ');

function pour(response: ServerResponse): void {
  if (!response.destroyed) {
    response.write(blanks, (failure) => {
      if (!failure) {
        pour(response);
      }
    });
  }
}
