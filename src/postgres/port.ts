// Chooses the server's port, which stays the same between starts as long as nobody else takes it.

import { createServer } from 'node:net';
import { join } from 'node:path';
import { replaceFile } from '../stdx/files/durable-files.ts';
import { readPrivateFile } from './private-file.ts';

/** The remembered port if it is free, otherwise any free one. Another program may take it before PostgreSQL does. */
export async function choosePort(directory: string): Promise<number> {
  const remembered = Number(await readPrivateFile(join(directory, 'port')));
  if (Number.isInteger(remembered) && remembered > 0 && (await isPortFree(remembered))) return remembered;
  const port = await listenBriefly(0);
  if (port === null) throw new Error('No free port is available on 127.0.0.1.');
  return port;
}

export async function rememberPort(directory: string, port: number): Promise<void> {
  const path = join(directory, 'port');
  if (Number(await readPrivateFile(path)) !== port) await replaceFile(path, `${port}\n`);
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await listenBriefly(port)) !== null;
}

function listenBriefly(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
