// How Moose handles a gateway process that it cannot start or reach.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { MooseError } from '../../domain/failure.ts';
import { readAddress, writeAddress } from './address-file.ts';
import { attachTo } from './attachment.ts';
import { keepGatewayUp } from './keep-up.ts';
import { placeTakenExitCode } from './program-input.ts';
import { socketPathIn } from './socket-path.ts';

const id = '00000000-0000-4000-8000-000000000000';

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-gateway-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

test.each([
  [
    'says why it cannot start',
    ['-e', 'console.error("No port is left."); process.exit(1)'],
    /No port is left\.$/,
  ],
  ['is not there', null, /could not be started\.$/],
])(
  'a gateway that %s: callers get an error, the start is retried, and nothing is left to wait for at the end',
  async (_, args, said) => {
    const problems: MooseError[] = [];
    const kept = keepGatewayUp({
      directory: scratch(),
      program: {
        argv: args === null ? ['/no/such/program'] : [process.execPath, ...args],
        env: {},
        input: '{}',
      },
      onProblem: (problem) => problems.push(problem),
    });
    onTestFinished(() => kept.close());
    await expect(kept.address()).rejects.toMatchObject({
      code: 'GATEWAY_UNAVAILABLE',
      message: expect.stringMatching(said),
    });
    await expect.poll(() => problems.length).toBeGreaterThanOrEqual(2);
    await kept.close();
  },
);

test('a caller that stops waiting for the gateway gets its error immediately', async () => {
  const kept = keepGatewayUp({
    directory: scratch(),
    program: { argv: [process.execPath, '-e', 'setTimeout(() => undefined, 3_000)'], env: {}, input: '' },
    onProblem: () => undefined,
  });
  const stop = new AbortController();
  const asked = kept.address(stop.signal);
  stop.abort(new Error('No longer.'));
  await expect(asked).rejects.toThrow('No longer.');
  await expect(kept.address(stop.signal)).rejects.toThrow('No longer.');
  await kept.close();
});

test('fear: a gateway outlives a Moose that stopped while it started that gateway', async () => {
  const directory = scratch();
  const pidPath = join(directory, 'pid');
  const silent = `require('node:fs').writeFileSync(${JSON.stringify(pidPath)}, String(process.pid)); setTimeout(() => undefined, 60_000)`;
  const kept = keepGatewayUp({
    directory,
    program: { argv: [process.execPath, '-e', silent], env: {}, input: '' },
    onProblem: () => undefined,
  });
  await expect.poll(() => existsSync(pidPath) && readFileSync(pidPath, 'utf8')).toMatch(/^\d+$/);
  await kept.close();
  expect(() => process.kill(Number(readFileSync(pidPath, 'utf8')), 0)).toThrow('ESRCH');
});

test('an address is read whole or not at all, and trusted only if the gateway there has the same name', async () => {
  const directory = scratch();
  expect(await readAddress(directory)).toBeNull();
  const stranger = createServer((_, answer) => answer.end('Hello.')).listen(0, '127.0.0.1');
  onTestFinished(() => void stranger.close());
  await expect.poll(() => stranger.listening).toBe(true);
  const { port } = stranger.address() as AddressInfo;
  const address = { id, pid: process.pid, port, socketPath: join(directory, 'socket') };
  await writeAddress(directory, address);
  expect(await readAddress(directory)).toEqual(address);
  expect(await attachTo(address)).toBeNull();
  expect(await attachTo({ ...address, port: 1 })).toBeNull();
  writeFileSync(join(directory, 'address.json'), `${readFileSync(join(directory, 'address.json'), 'utf8')}}`);
  expect(await readAddress(directory)).toBeNull();
});

test('a socket with too long a path is placed elsewhere, in the same place each time', async () => {
  const directory = join(scratch(), 'd'.repeat(120));
  const path = await socketPathIn(directory);
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103);
  expect(await socketPathIn(directory)).toBe(path);
  expect(await socketPathIn('/short')).toBe('/short/socket');
});

test('fear: a gateway that a killed Moose had just started blocks the next start, and nobody finds it', async () => {
  const directory = scratch();
  const other = createServer((request, answer) => {
    // Held open, like an attachment.
    answer.writeHead(200, { 'x-moose-gateway': id });
    if (request.url === '/attach') answer.flushHeaders();
    else answer.end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    other.closeAllConnections();
    other.close();
  });
  await expect.poll(() => other.listening).toBe(true);
  const { port } = other.address() as AddressInfo;
  const address = { id, pid: process.pid, port, socketPath: join(directory, 'socket') };
  // Our start finds another gateway in its place, and that gateway writes its address a moment later.
  const late = `process.stdin.resume().on('end', () => {
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(`setTimeout(() =>
      require('node:fs').writeFileSync(${JSON.stringify(join(directory, 'address.json'))}, ${JSON.stringify(JSON.stringify(address))}), 300)`)}],
      { detached: true, stdio: 'ignore' }).unref();
    process.exit(${placeTakenExitCode});
  });`;
  const problems: MooseError[] = [];
  const kept = keepGatewayUp({
    directory,
    program: { argv: [process.execPath, '-e', late], env: {}, input: '{}' },
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => kept.close());
  await expect(kept.address()).resolves.toMatchObject({ port });
  expect(problems).toEqual([]);
});

/** A gateway that answers, as a program: its address file is written as the real one writes it. */
const answering = (directory: string) => `
  const { createServer } = require('node:http');
  const { connect, createServer: createSocket } = require('node:net');
  const fs = require('node:fs');
  const id = require('node:crypto').randomUUID();
  const socket = ${JSON.stringify(join(directory, 'socket'))};
  const server = createServer((request, answer) => {
    answer.writeHead(200, { 'x-moose-gateway': id });
    if (request.url === '/attach') answer.flushHeaders();
    else answer.end();
    if (request.url === '/leave') process.exit();
  });
  const taken = connect(socket, () => process.exit(${placeTakenExitCode}));
  taken.on('error', () => {
    fs.rmSync(socket, { force: true });
    createSocket().listen(socket);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      fs.writeFileSync('address.json.new', JSON.stringify({ id, pid: process.pid, port, socketPath: socket }));
      fs.renameSync('address.json.new', 'address.json');
    });
  });`;

test('fear: a gateway hangs, keeps its connections open, and every model call waits for it from then on', async () => {
  const directory = scratch();
  const problems: string[] = [];
  const options = {
    directory,
    program: {
      argv: [process.execPath, '-e', answering(directory)] as [string, ...string[]],
      env: {},
      input: '',
    },
    onProblem: ({ code }: MooseError) => problems.push(code),
    silence: { askEveryMs: 50, unansweredMax: 2 },
  };
  const kept = keepGatewayUp(options);
  onTestFinished(() => kept.close());
  const { url } = await kept.address();
  const pid = (await readAddress(directory))?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await expect.poll(async () => (await kept.address()).url).not.toBe(url);
  expect(problems).toEqual(['GATEWAY_SILENT']);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('fear: a gateway that hangs keeps its socket, and the next Moose can never start another one', async () => {
  const directory = scratch();
  const problems: string[] = [];
  const options = {
    directory,
    program: {
      argv: [process.execPath, '-e', answering(directory)] as [string, ...string[]],
      env: {},
      input: '',
    },
    onProblem: ({ code }: MooseError) => problems.push(code),
    silence: { askEveryMs: 50, unansweredMax: 2 },
  };
  const hung = spawn(process.execPath, ['-e', answering(directory)], { cwd: directory, stdio: 'ignore' });
  onTestFinished(() => void hung.kill('SIGKILL'));
  await expect.poll(() => readAddress(directory)).not.toBeNull();
  hung.kill('SIGSTOP');
  const kept = keepGatewayUp(options);
  onTestFinished(() => kept.close());
  await expect.poll(() => kept.address().catch(() => null)).toMatchObject({ port: expect.any(Number) });
  expect(problems).toContain('GATEWAY_SILENT');
});
