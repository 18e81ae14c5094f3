// For tests: a server of Git LFS on loopback, which speaks the batch API and keeps files in memory.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface LfsServer {
  url: string;
  /** By SHA-256. */
  files: Map<string, Buffer>;
  /** `METHOD PATH`, with what was asked for. */
  requests: string[];
  /** Answers a request that another server got. */
  answer(request: IncomingMessage, response: ServerResponse): void;
}

interface Batch {
  operation: 'upload' | 'download';
  objects: { oid: string; size: number }[];
}

export async function lfsServer(): Promise<LfsServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    server.requests.push(`${request.method} ${request.url}`);
    const oid = (request.url ?? '').split('/').at(-1) ?? '';
    if (request.url?.endsWith('/objects/batch')) {
      response.setHeader('content-type', 'application/vnd.git-lfs+json');
      response.end(JSON.stringify(batchAnswer(server, JSON.parse(body.toString()) as Batch)));
      return;
    }
    if (request.method === 'PUT') {
      server.files.set(createHash('sha256').update(body).digest('hex'), body);
      response.end();
      return;
    }
    const file = server.files.get(oid);
    response.statusCode = file === undefined ? 404 : 200;
    response.end(file);
  };
  const server: LfsServer = {
    url: '',
    files: new Map(),
    requests: [],
    answer: (request, response) => void answer(request, response),
  };
  const http = createServer(server.answer);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  server.url = `http://127.0.0.1:${(http.address() as { port: number }).port}/lfs`;
  return server;
}

function batchAnswer({ url, files }: LfsServer, { operation, objects }: Batch) {
  return {
    transfer: 'basic',
    objects: objects.map(({ oid, size }) => {
      if (operation === 'download' && !files.has(oid))
        return { oid, size, error: { code: 404, message: 'Object does not exist' } };
      if (operation === 'upload' && files.has(oid)) return { oid, size };
      return { oid, size, actions: { [operation]: { href: `${url}/files/${oid}` } } };
    }),
  };
}
