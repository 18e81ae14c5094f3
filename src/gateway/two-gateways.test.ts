// Two gateways started for the same place, as after a kill in the middle of a start.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { withStartLock } from '../postgres/start/start-lock.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { gatewayGround } from './gateway-ground.fixture.ts';

const shared = sharedDatabase();

test('fear: of two gateways that find a killed one’s socket, the slower removes the socket of the faster', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'moose-gateway-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const socketPath = join(directory, 'socket');
  await leaveSocket(socketPath);
  const quicker = createServer();
  onTestFinished(() => void quicker.close());
  const slower = await withStartLock(
    directory,
    undefined,
    async () => {
      const started = Promise.allSettled([gatewayGround(shared(), { socketPath })]);
      // The faster gateway has found the leftover socket and is about to listen: without the lock, the slower one would
      // listen first.
      await Promise.race([started, sleep(500)]);
      rmSync(socketPath);
      quicker.listen(socketPath);
      await once(quicker, 'listening');
      return { started };
    },
    { file: 'socket.lock' },
  );
  await expect(slower.started).resolves.toMatchObject([
    { status: 'rejected', reason: { code: 'GATEWAY_PORT_TAKEN' } },
  ]);
  const asked = connect(socketPath);
  await once(asked, 'connect');
  asked.destroy();
});

/** Leaves a socket behind like a killed process: a process that ends normally removes its socket. */
async function leaveSocket(path: string): Promise<void> {
  const script =
    'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
  await once(spawn(process.execPath, ['-e', script, path]), 'close');
}
