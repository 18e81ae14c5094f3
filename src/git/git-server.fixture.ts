// For tests: a forge's git over smart HTTP on loopback, served by git's own `http-backend`.

import { execFileSync, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository } from './scratch-repository.fixture.ts';

export interface GitServer {
  /** `http://127.0.0.1:PORT/api.git`. */
  url: string;
  /** The bare repository that is served. */
  path: string;
  /** Runs git in the bare repository. */
  git(...args: string[]): string;
  /** The requests that the server received. */
  requests: string[];
  /** If set, answers requests instead of git. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** Answers a request as git does. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  /** Commits to a branch of the remote, as another person would. */
  commit(files: Readonly<Record<string, string>>, branch?: string): string;
}

/**
 * Serves a repository with one commit on `main`, which everybody may read and write. It is deleted when the test ends.
 */
export async function gitServer(files?: Readonly<Record<string, string>>): Promise<GitServer> {
  const person = scratchRepository(files);
  const root = scratchDirectory();
  const path = join(root, 'api.git');
  gitIn('/', 'clone', '--quiet', '--bare', person.path, path);
  gitIn(path, 'config', 'http.receivepack', 'true');
  person.git('remote', 'add', 'forge', path);
  const server: GitServer = {
    url: '',
    path,
    requests: [],
    answer: null,
    git: (...args) => gitIn(path, ...args),
    serve: (request, response) => serveGit(root, request, response),
    commit: (more, branch = 'main') => {
      person.git('checkout', '--quiet', '-B', branch);
      const sha = person.commit(more);
      person.git('push', '--quiet', '--force', 'forge', branch);
      return sha;
    },
  };
  const http = createServer((request, response) => {
    server.requests.push(`${request.method} ${request.url}`);
    if (server.answer) server.answer(request, response);
    else server.serve(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  server.url = `http://127.0.0.1:${(http.address() as { port: number }).port}/api.git`;
  return server;
}

const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');

export function serveGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const child = spawn(backend, {
    env: {
      PATH: process.env.PATH ?? '',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      HOME: '/nowhere',
      PATH_INFO: decodeURIComponent(path),
      QUERY_STRING: query,
      REMOTE_ADDR: '127.0.0.1',
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => child.kill());
  let head = Buffer.alloc(0);
  const onHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    child.stdout.off('data', onHead);
    const headers = Object.fromEntries(
      head
        .subarray(0, end)
        .toString('latin1')
        .split('\r\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    response.writeHead(Number.parseInt(headers.Status ?? '200', 10), headers);
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  };
  child.stdout.on('data', onHead);
  child.on('close', () => response.end());
}
