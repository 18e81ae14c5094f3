// A forge's git over HTTP that requires a password.
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { serveGit } from '../../src/git/git-server.fixture.ts';
import { git } from './repository.fixture.ts';

export interface GuardedServer {
  /** `http://127.0.0.1:PORT/api.git`, without a password. */
  url: string;
  /** The bare repository that is served. */
  path: string;
  /** The password of the user ada. */
  password: string;
  close(): Promise<void>;
}

/** Serves a copy of the repository. */
export async function guardedServer(
  root: string,
  repository: string,
  { isOpen = false }: { isOpen?: boolean } = {},
): Promise<GuardedServer> {
  const path = join(root, 'api.git');
  const password = 'correct-horse';
  const expected = `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`;
  await mkdir(root, { recursive: true });
  await git(dirname(repository), 'clone', '--quiet', '--bare', repository, path);
  await git(path, 'config', 'http.receivepack', 'true');
  const server = createServer((request, response) => {
    if (isOpen || request.headers.authorization === expected) return serveGit(root, request, response);
    return response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="host"' }).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api.git`,
    path,
    password,
    close: async () => {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}
