import { spawn } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  IsolatedGround,
  kernelThatRefuses,
  listen,
  outcomeOf,
  port,
  untilPrinted,
  waysOfIsolation,
} from './isolated-ground.fixture.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

/** A server that answers every connection with 'reached'. */
async function openServer(at: string | number): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('reached'));
  await listen(server, at);
  onTestFinished(() => {
    server.close();
  });
  return server;
}

/**
 * What an agent would try in order to get out; prints one line of JSON. It runs inside and, for comparison, outside.
 */
const tries = `
const { connect } = require('node:net');
const { readdirSync, readFileSync } = require('node:fs');
const [port, socket, word] = process.argv.slice(1);
const reach = (to) => new Promise((done) => {
  let said = '';
  connect(to).on('data', (data) => { said += data; }).on('end', () => done(said)).on('error', (error) => done(error.code));
});
const environs = readdirSync('/proc').filter((name) => Number(name) > 0).map((pid) => {
  try { return readFileSync('/proc/' + pid + '/environ', 'latin1'); } catch { return ''; }
});
(async () => console.log(JSON.stringify({
  tcp: await reach({ port: Number(port), host: '127.0.0.1' }),
  unix: await reach({ path: socket }),
  afar: await reach({ port: 53, host: '192.0.2.1', timeout: 1 }),
  isSecretRead: environs.some((text) => text.includes(word)),
})))();`;

const [ioctl, notPermitted] = [process.arch === 'arm64' ? 29 : 16, 1];

describe.each(await waysOfIsolation())('isolated, $title (R-BUD-6)', ({ kind, isPossible }) => {
  const cannot = test.skipIf(!isPossible);
  const node = (script: string, ...args: string[]) =>
    ground.start(kind, [process.execPath, '-e', script, ...args]);
  const ask = (script: string) =>
    node(`const url = 'http://127.0.0.1:${port}'; (async () => { ${script} })();`).then(outcomeOf);

  cannot('an agent bypasses the gateway: by a port, a socket, or the keys of processes outside', async () => {
    const outside = await openServer(0);
    const { port: outsidePort } = outside.address() as AddressInfo;
    const outsideSocket = join(ground.scratch.path, `${kind} outside.sock`);
    await openServer(outsideSocket);
    const word = `secret-${crypto.randomUUID()}`;
    const holder = spawn('sleep', ['60'], { env: { PATH: '/usr/bin:/bin', ANTHROPIC_API_KEY: word } });
    onTestFinished(() => {
      holder.kill();
    });
    const args = [String(outsidePort), outsideSocket];
    // The search word is passed in pieces, so that the program's own arguments do not match; only an environment
    // contains the whole word.
    const inside = await node(tries, ...args, word).then(outcomeOf);
    expect(JSON.parse(inside.stdout)).toEqual({
      tcp: 'ECONNREFUSED',
      unix: 'ECONNREFUSED',
      afar: 'ENETUNREACH',
      isSecretRead: false,
    });
    const control = await ground.scratch.start([
      process.execPath,
      '-e',
      tries.replace(/^ {2}afar.*$/m, ''),
      ...args,
      word,
    ]);
    expect(JSON.parse((await outcomeOf(control)).stdout)).toEqual({
      tcp: 'reached',
      unix: 'reached',
      isSecretRead: true,
    });
  });

  cannot('the gateway has another address inside than outside, or its streams arrive late', async () => {
    const outcome = await ask(`
      console.log(await (await fetch(url + '/v1')).text());
      const reader = (await fetch(url + '/stream')).body.getReader();
      const text = async () => new TextDecoder().decode((await reader.read()).value);
      const first = await text();
      await fetch(url + '/next');
      console.log(first, await text());`);
    expect(outcome).toEqual({ exitCode: 0, signal: null, stdout: 'gateway /v1\nfirst second\n', stderr: '' });
  });

  cannot('a long body is cut off or changed on the way', async () => {
    const outcome = await ask(`
      const { randomBytes } = require('node:crypto');
      const body = randomBytes(16 * 1024 * 1024);
      const back = Buffer.from(await (await fetch(url + '/echo', { method: 'POST', body })).arrayBuffer());
      console.log(back.equals(body));`);
    expect(outcome.stdout).toBe('true\n');
  });

  cannot('a stream that the gateway broke off looks complete', async () => {
    const path = join(ground.scratch.path, `broken-${kind}.sock`);
    const gateway = createServer((socket) => socket.once('data', () => socket.destroy()));
    onTestFinished(() => {
      gateway.close();
    });
    await listen(gateway, path);
    // The gateway leaves the most of it unread.
    const client = `require('node:net').connect(${port}, '127.0.0.1').on('error', (error) => console.log(error.code))
      .on('end', () => console.log('complete')).resume().write(Buffer.alloc(100_000));`;
    const handle = await ground.start(kind, [process.execPath, '-e', client], { socketPath: path });
    expect((await outcomeOf(handle)).stdout).toMatch(/^(?:ECONNRESET|EPIPE)\n$/);
  });

  cannot('a call fails while the gateway is being replaced', async () => {
    const path = join(ground.scratch.path, `late-${kind}.sock`);
    const client = `console.log('asking'); fetch('http://127.0.0.1:${port}').then((r) => r.text()).then(console.log);`;
    const handle = await ground.start(kind, [process.execPath, '-e', client], { socketPath: path });
    await untilPrinted(handle);
    const late = createHttpServer((_, response) => response.end('late'));
    onTestFinished(() => {
      late.close();
    });
    await listen(late, path);
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 0, stdout: 'asking\nlate\n' });
  });

  cannot('a session without a loopback keeps running as if it had one', async () => {
    const handle = await ground.scratch.start([
      ...kernelThatRefuses(ioctl, notPermitted),
      ...ground.words(kind, ['/bin/sh', '-c', 'echo ran']),
    ]);
    await expect(outcomeOf(handle)).resolves.toMatchObject({
      exitCode: 41,
      stdout: '',
      stderr: expect.stringContaining('no isolation for this session: the loopback interface'),
    });
  });
});
