import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import { ownFile } from '../../stdx/files/own-files.ts';
import { listen } from './isolated-ground.fixture.ts';

const run = promisify(execFile);

/** Sends much, and reads afterwards. A client of Node reads nothing more once it cannot write. */
const client = `$SIG{PIPE} = 'IGNORE'; my $socket = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die;
  syswrite $socket, 'x' x 3_000_000; sysread $socket, my $said, 100; print $said`;

test('fear: a peer refuses early and leaves, and whoever still sends never reads why', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'moose-forwarder-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'gateway.sock');
  const gateway = createServer((socket) => {
    socket.on('error', () => undefined).end('refused', () => socket.destroy());
  });
  await listen(gateway, path);
  onTestFinished(() => void gateway.close());
  const port = await freePort();
  // Whoever starts it makes it ignore signals.
  const ignoring = ['-c', 'trap \'\' PIPE; exec perl -f "$@"', 'sh'];
  const program = ownFile('sessions/isolation/forwarder.pl');
  const forwarder = spawn('/bin/sh', [...ignoring, program, String(port), path]);
  onTestFinished(() => void forwarder.kill('SIGKILL'));
  await once(forwarder.stdout, 'data');
  for (let times = 0; times < 20; times += 1) {
    const { stdout } = await run('perl', ['-MIO::Socket::INET', '-e', client, String(port)]);
    expect(stdout).toBe('refused');
  }
});
