// For tests: the proxy of a company's network, on this machine.
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Sends what it gets to this address on the same machine, and refuses tunnels. */
export async function aProxy(to: () => string) {
  const seen: string[] = [];
  const server = createServer((request, answer) => {
    seen.push(`${request.method} ${request.url}`);
    const { pathname } = new URL(request.url ?? '');
    const sent = httpRequest(new URL(pathname, to()), { method: request.method, headers: request.headers });
    sent.once('response', (got) => got.pipe(answer.writeHead(got.statusCode ?? 0, got.headers)));
    request.pipe(sent);
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
