// An API with three violations of its own OpenAPI document, and one correct operation.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

const count = {
  type: 'object',
  properties: { count: { type: 'integer' } },
  required: ['count'],
};
const operation = {
  parameters: [{ name: 'n', in: 'query', schema: { type: 'integer' } }],
  responses: {
    200: { description: 'Good.', content: { 'application/json': { schema: count } } },
    400: { description: 'Bad.' },
  },
};
const paths = ['/api/breaks', '/api/hides', '/api/keeps', '/api/lies'];
const document = {
  openapi: '3.1.0',
  info: { title: 'Faulty', version: '1' },
  paths: Object.fromEntries(paths.map((path) => [path, { get: operation }])),
};

export async function startFaultyInterface(): Promise<{ url: string }> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const given = [...searchParams.values()];
    if (pathname === '/api/openapi.json') return answer(200, document);
    if (!paths.includes(pathname)) return answer(404, {});
    if (request.method !== 'GET') return answer(405, {});
    if (given.length > 1 || given.some((value) => !/^-?\d+$/.test(value))) return answer(400, {});
    if (pathname === '/api/breaks') return answer(500, {});
    if (pathname === '/api/hides') return answer(418, {});
    return answer(200, { count: pathname === '/api/lies' ? 'many' : 1 });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
