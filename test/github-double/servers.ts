import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveGitOf } from './git-http.ts';
import { serveGraphql } from './graphql/serve.ts';
import { takeFault } from './planned-fault.ts';
import { routes } from './routes.ts';
import { type Request, type Served, serveRest, write } from './serve.ts';
import type { World } from './world.ts';

/** Starts both hosts: pages, API and git; and the one that logs come from. */
export async function startServers(world: World): Promise<{ stop(): Promise<void> }> {
  const main = createServer((request, response) => void serve(world, request, response));
  world.url = await listen(main);
  world.api = `${world.url}/api/v3`;
  const logs = createServer((request, response) => serveLog(world, request, response));
  world.logs = await listen(logs);
  return { stop: async () => void (await Promise.all([main, logs].map(close))) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.closeAllConnections();
  server.close();
  await closed;
}

/** A host of somebody else: whoever sends it GitHub's token gives the token away. */
function serveLog(world: World, request: IncomingMessage, response: ServerResponse): void {
  const key = /^\/log\/([^?]+)/.exec(request.url ?? '')?.[1] ?? '';
  const link = world.links.get(key);
  if (request.headers.authorization !== undefined) {
    world.faults.push('GET of a log: the token was sent to the host of the logs');
  }
  if (!link || link.expiresAt <= world.now())
    response.writeHead(link ? 403 : 404).end('<Error>AuthenticationFailed</Error>');
  else response.writeHead(200, { 'content-type': 'text/plain' }).end(link.text);
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(world: World, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '/', world.url);
  if (/^\/[^/]+\/[^/]+\.git\//.test(url.pathname)) return serveGitOf(world, incoming, response, url);
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const request: Request = {
    method: incoming.method ?? 'GET',
    path: url.pathname.replace(/^\/api\/v3(?=\/)/, ''),
    query: url.searchParams,
    headers: incoming.headers,
    text: chunks.length > 0 ? Buffer.concat(chunks).toString('utf8') : undefined,
  };
  const { method, path } = request;
  const mutation = path.endsWith('/graphql') ? mutationIn(request.text) : '';
  const key = `${method} ${path}${mutation}`;
  const before = takeFault(world.planned, key, 'before');
  const served = before ? null : answerTo(world, request);
  const fault = before ?? takeFault(world.planned, key, 'after');
  const status = fault ? (typeof fault.what === 'object' ? fault.what.status : 0) : (served?.status ?? 0);
  record(world, request, served, status, `${url.pathname}${url.search}`);
  if (typeof fault?.what === 'function') await fault.what();
  if (fault?.what === 'drop' || typeof fault?.what === 'function') response.socket?.resetAndDestroy();
  else if (served && (fault?.what === 'cut' || fault?.what === 'garbled'))
    truncate(response, served, fault.what);
  else if (typeof fault?.what === 'object') write(response, fault.what);
  else if (!fault && served) write(response, served);
}

function mutationIn(text = ''): string {
  const name = /"mutation\b[^{]*\{\s*(\w+)/.exec(text)?.[1];
  return name === undefined ? '' : ` ${name}`;
}

/** An answer without a body cannot be cut, so its connection is dropped. */
function truncate(response: ServerResponse, { status, headers, body }: Served, how: 'cut' | 'garbled'): void {
  const whole = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? null));
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  if (body === undefined || half.length === 0) return void response.socket?.resetAndDestroy();
  const length = how === 'cut' ? whole.length : half.length;
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': length });
  if (how === 'garbled') response.end(half);
  else response.write(half, () => response.destroy());
}

function answerTo(world: World, request: Request): Served {
  const onFault = (fault: string) => void world.faults.push(fault);
  if (request.method === 'POST' && /^(\/api)?\/graphql$/.test(request.path))
    return serveGraphql(world, request, onFault);
  return serveRest(world, routes, request, onFault);
}

function record(world: World, request: Request, served: Served | null, status: number, path: string): void {
  const { method, headers } = request;
  const { key = null, parsed: body = undefined, login = null } = served ?? {};
  world.requests.push({ method, path, headers, key, body, login, status, at: Date.now() });
}
