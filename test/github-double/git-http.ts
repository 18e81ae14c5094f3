import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveGit } from '../../src/git/git-server.fixture.ts';
import { authenticate } from './authenticate.ts';
import { noticeHeads } from './notice-heads.ts';
import { takeFault } from './planned-fault.ts';
import { Refusal } from './refusal.ts';
import { mayFetch, mayPush } from './rights.ts';
import type { Repository, Token } from './state.ts';
import type { Seen, World } from './world.ts';

// Git over HTTP, by git's own program. GitHub takes any user name, `x-access-token` by custom, and the token as password.

interface No {
  status: number;
  text: string;
  headers?: Record<string, string>;
}

const askAgain = { 'www-authenticate': 'Basic realm="GitHub"' };

export function serveGitOf(world: World, request: IncomingMessage, response: ServerResponse, url: URL): void {
  const path = `${url.pathname}${url.search}`;
  const isPush = path.includes('git-receive-pack');
  const method = request.method ?? 'GET';
  const seen: Seen = {
    method,
    path,
    key: null,
    body: undefined,
    headers: request.headers,
    login: null,
    status: 200,
    at: Date.now(),
  };
  world.requests.push(seen);
  const fault = takeFault(world.planned, isPush ? 'git push' : 'git fetch', 'before');
  if (fault?.what === 'drop' || typeof fault?.what === 'function') {
    seen.status = 0;
    const act = typeof fault.what === 'function' ? fault.what() : Promise.resolve();
    void act.finally(() => response.socket?.resetAndDestroy());
    return;
  }
  const planned = typeof fault?.what === 'object' ? { ...fault.what, text: String(fault.what.body) } : null;
  const decided = planned ?? decide(world, request, url, isPush);
  if ('status' in decided) {
    seen.status = decided.status;
    request.resume();
    response.writeHead(decided.status, { 'content-type': 'text/plain', ...decided.headers });
    response.end(`${decided.text}\n`);
    return;
  }
  const { token, repository } = decided;
  seen.login = token?.user.login ?? null;
  // GitHub knows of a push before its answer ends.
  const end = response.end.bind(response);
  response.end = ((...args: []) => {
    if (isPush && token && method === 'POST') {
      noticeHeads(world, repository, token.user);
      const late = takeFault(world.planned, 'git push', 'after');
      if (typeof late?.what === 'function') {
        void late.what().finally(() => response.socket?.resetAndDestroy());
        return response;
      }
    }
    return end(...args);
  }) as typeof response.end;
  serveGit(world.root, request, response);
}

function decide(
  world: World,
  request: IncomingMessage,
  url: URL,
  isPush: boolean,
): No | { token: Token | null; repository: Repository } {
  const token = callerOf(world, request.headers.authorization);
  if (token === 'unknown') {
    const text = 'Invalid username or token. Password authentication is not supported for Git operations.';
    return { status: 401, text, headers: askAgain };
  }
  const name = /^\/([^/]+\/[^/]+)\.git\//.exec(url.pathname)?.[1]?.toLowerCase() ?? '';
  const repository = world.repositories.get(name);
  if (!repository || !mayFetch(repository, token)) {
    return token
      ? { status: 404, text: 'Repository not found.' }
      : { status: 401, text: '', headers: askAgain };
  }
  if (isPush && !token) return { status: 401, text: 'No anonymous write access.', headers: askAgain };
  if (isPush && token && !mayPush(repository, token)) {
    return { status: 403, text: `Permission to ${repository.fullName}.git denied to ${token.user.login}.` };
  }
  return { token, repository };
}

function callerOf(world: World, header: string | undefined): Token | null | 'unknown' {
  try {
    return authenticate(world, header).token;
  } catch (cause) {
    if (cause instanceof Refusal) return 'unknown';
    throw cause;
  }
}
