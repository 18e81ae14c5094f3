import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveGitOf } from './git-http.ts';
import { takeFault } from './planned-fault.ts';
import { appRoutes } from './routes/apps.ts';
import { checkRoutes } from './routes/checks.ts';
import { issueRoutes } from './routes/issues.ts';
import { labelRoutes } from './routes/labels.ts';
import { mergeRoutes } from './routes/merges.ts';
import { pullRoutes } from './routes/pulls.ts';
import { repositoryRoutes } from './routes/repositories.ts';
import { userRoutes } from './routes/users.ts';
import { type Request, type Served, serveRest, write } from './serve.ts';
import type { World } from './world.ts';

const routes = {
  ...appRoutes,
  ...userRoutes,
  ...repositoryRoutes,
  ...pullRoutes,
  ...mergeRoutes,
  ...checkRoutes,
  ...issueRoutes,
  ...labelRoutes,
};

/** Starts both hosts: pages, API and git; and the one that logs come from. */
export async function startServers(world: World): Promise<{ stop(): Promise<void> }> {
  const main = createServer((request, response) => void serve(world, request, response));
  world.url = await listen(main);
  world.api = `${world.url}/api/v3`;
  return {
    stop: async () => {
      const closed = once(main, 'close');
      main.closeAllConnections();
      main.close();
      await closed;
    },
  };
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
    ...{ query: url.searchParams, headers: incoming.headers },
    text: chunks.length > 0 ? Buffer.concat(chunks).toString('utf8') : undefined,
  };
  const { method, path } = request;
  const key = `${method} ${path}`;
  const before = takeFault(world.planned, key, 'before');
  const served = before ? null : serveRest(world, routes, request, (fault) => world.faults.push(fault));
  const fault = before ?? takeFault(world.planned, key, 'after');
  const status = fault ? (typeof fault.what === 'object' ? fault.what.status : 0) : (served?.status ?? 0);
  record(world, request, served, status, `${url.pathname}${url.search}`);
  if (fault?.what === 'drop') response.socket?.resetAndDestroy();
  else if (typeof fault?.what === 'object') write(response, fault.what);
  else if (!fault && served) write(response, served);
}

function record(world: World, request: Request, served: Served | null, status: number, path: string): void {
  const { method, headers } = request;
  const { key = null, parsed: body = undefined, login = null } = served ?? {};
  world.requests.push({ method, path, headers, key, body, login, status, at: Date.now() });
}
