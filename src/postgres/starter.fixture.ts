// For tests: a process that starts the embedded server, reports it in a line of JSON, and then obeys its standard
// input.

import { createInterface } from 'node:readline';
import { isMooseError } from '../domain/failure.ts';
import { findBinaryPackage } from './binaries/binaries.ts';
import { embeddedServer } from './embedded-server.ts';
import { bringUp } from './start/bring-up.ts';
import { withStartLock } from './start/start-lock.ts';

interface Request {
  directory: string;
  settings?: Record<string, string>;
  /** Another folder of PostgreSQL's programs. */
  native?: string;
  /** True to only take the lock and hold it. */
  lockOnly?: boolean;
  /** True to reach the end of the program without waiting for a command. */
  leaves?: boolean;
}

const request = JSON.parse(process.argv[2] ?? '') as Request;
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

if (request.lockOnly) {
  await withStartLock(request.directory, undefined, async () => {
    say({ isLocked: true });
    for await (const _ of process.stdin);
  });
} else await start();

async function start(): Promise<void> {
  const found = findBinaryPackage();
  const machine = {
    findBinaryPackage: () => ({ ...found, native: request.native ?? found.native }),
    relocationRoot: () => '/nonexistent',
  };
  try {
    const { directory, settings = {} } = request;
    const server = embeddedServer(await bringUp(machine, { directory, settings }));
    say({ port: server.port, url: server.url, wasAdopted: server.wasAdopted, uid: process.getuid?.() });
    if (request.leaves) return;
    for await (const word of createInterface({ input: process.stdin })) {
      if (word === 'release') say({ released: await server.release() });
      if (word === 'stop') say({ stopped: await server.stop() });
    }
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    say({ code: cause.code, message: cause.message, metadata: cause.metadata });
  }
}
