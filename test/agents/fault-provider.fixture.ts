// For tests: a provider on loopback that answers every request with the same fault.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FaultProvider {
  url: string;
  requests: { path: string; apiKey: string | undefined; body: string }[];
  /** Resolves when the first request has arrived completely. */
  firstRequest: Promise<void>;
  stop(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function startFaultProvider(answer: Answer): Promise<FaultProvider> {
  const requests: FaultProvider['requests'] = [];
  const first = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const apiKey = request.headers['x-api-key'];
      requests.push({
        path: request.url ?? '',
        apiKey: typeof apiKey === 'string' ? apiKey : undefined,
        body: Buffer.concat(chunks).toString(),
      });
      first.resolve();
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    firstRequest: first.promise,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An error in the provider's own format. */
export function errorAnswer(status: number, type: string, message: string): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' }));
  };
}
