// Sessions that may reach named hosts, in real namespaces.
import { mkdirSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readEgressEntry } from '../../domain/machine/egress.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { carriersOf } from '../scratch-sessions.fixture.ts';
import { startProcess } from '../start-process.ts';
import { stopProcess } from '../stop-process.ts';
import { egressEnvironment } from './egress-environment.ts';
import { egressFolder, readRefusals, writeEgressRules } from './egress-files.ts';
import { egressPort } from './egress-names.ts';
import { isolate } from './isolate.ts';
import {
  IsolatedGround,
  listen,
  outcomeOf,
  untilGone,
  untilPrinted,
  waysOfIsolation,
} from './isolated-ground.fixture.ts';
import { enterNamespace, findWay, type IsolationKind } from './isolation-way.ts';
import { probeIsolation } from './probe-isolation.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

function entriesOf(listed: readonly string[]) {
  return listed.map((text) => {
    const entry = readEgressEntry(text, { isPrivate: true });
    if (entry === null) throw new Error(`${text} is no entry`);
    return entry;
  });
}

/** `listed` hosts may have private addresses here, because the servers of a test are on loopback. */
async function start(
  kind: IsolationKind,
  argv: readonly [string, ...string[]],
  listed: readonly string[],
  closedPorts: readonly number[] = [],
) {
  const way = findWay(kind);
  if ('missing' in way) throw new Error(`${way.missing} is missing`);
  const directory = ground.scratch.directory();
  const socketPath = writeEgressRules(egressFolder(directory), { entries: entriesOf(listed), closedPorts });
  const own = egressEnvironment(env);
  const network = { port: egressPort, socketPath, hasProxy: true };
  const words = enterNamespace(way, { argv, cwd: ground.scratch.path, network, view: null });
  const handle = await startProcess({ directory, argv: words, env: own, cwd: ground.scratch.path });
  return { handle, directory };
}

async function registry(): Promise<number> {
  const server = createHttpServer((asked, answer) => answer.end(`registry ${asked.url}`));
  await listen(server, 0);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** What a program can try with the proxy and without it; prints one JSON object. */
const tries = `
const { connect } = require('node:net');
const { createSocket } = require('node:dgram');
const { lookup } = require('node:dns/promises');
const [registry, other] = process.argv.slice(1);
const proxy = new URL(process.env.HTTPS_PROXY);
const tunnel = (to) => new Promise((done) => {
  const socket = connect(proxy.port, proxy.hostname, () => socket.write('CONNECT ' + to + ' HTTP/1.1\\r\\n\\r\\nGET /in HTTP/1.0\\r\\n\\r\\n'));
  let said = '';
  socket.on('data', (data) => { said += data; }).on('error', ({ code }) => done(code)).on('end', () => {
    done(/^HTTP\\/1.1 (\\d+)/.exec(said)?.[1] + (/registry \\/in$/.test(said) ? ' reached' : ''));
    socket.destroy();
  });
});
const direct = (port, host) => new Promise((done) => {
  const socket = connect({ port, host, timeout: 1000 }, () => done('reached'));
  socket.on('error', ({ code }) => done(code)).on('timeout', () => done('silence'));
});
const datagram = () => new Promise((done) => {
  const socket = createSocket('udp4');
  socket.send('x', 53, '192.0.2.1', (error) => { done(error ? error.code : 'sent'); socket.close(); });
});
(async () => console.log(JSON.stringify({
  listed: await tunnel('localhost:' + registry),
  other: await tunnel('localhost:' + other),
  address: await tunnel('127.0.0.1:' + registry),
  direct: await direct(registry, '127.0.0.1'),
  afar: await direct(443, '192.0.2.1'),
  datagram: await datagram(),
  name: await lookup('name.example.org').then(() => 'resolved', () => 'unknown'),
})))();`;

describe.each(await waysOfIsolation())('with named hosts, $title (R-SEC-6)', ({ kind, isPossible }) => {
  const cannot = test.skipIf(!isPossible);

  cannot('a session reaches hosts outside its list, through the proxy or around it', async () => {
    const [listed, other] = [await registry(), await registry()];
    const words = [process.execPath, '-e', tries, String(listed), String(other)] as const;
    const { handle, directory } = await start(kind, words, [`localhost:${listed}`]);
    const { stdout, stderr } = await outcomeOf(handle);
    expect({ stderr, ...JSON.parse(stdout || '{}') }).toEqual({
      stderr: '',
      listed: '200 reached',
      other: '403',
      address: '403',
      direct: 'ECONNREFUSED',
      afar: 'ENETUNREACH',
      datagram: 'ENETUNREACH',
      name: 'unknown',
    });
    expect(readRefusals(directory)).toEqual([
      { host: 'localhost', port: other, reason: 'not listed', count: 1, firstAt: expect.any(String) },
      { host: '127.0.0.1', port: listed, reason: 'not listed', count: 1, firstAt: expect.any(String) },
    ]);
  });

  cannot("a listed name leads to Moose's own ports: gateway, API, database", async () => {
    const own = await registry();
    const words = [process.execPath, '-e', tries, String(own), '1'] as const;
    const { handle, directory } = await start(kind, words, [`localhost:${own}`, `127.0.0.1:${own}`], [own]);
    expect(JSON.parse((await outcomeOf(handle)).stdout)).toMatchObject({ listed: '403', address: '403' });
    expect(readRefusals(directory)[0]).toMatchObject({ host: 'localhost', port: own, reason: 'address' });
  });

  cannot('a session that floods or crashes its proxy harms more than itself', async () => {
    const at = await registry();
    const script = `
      const { connect } = require('node:net');
      const junk = ['\\x00'.repeat(65536), 'GET ' + 'x'.repeat(1e6), 'CONNECT a:1 HTTP/1.1\\r\\n' + 'X: y\\r\\n'.repeat(1e5), 'CONNECT '];
      const one = (bytes) => new Promise((done) => {
        const socket = connect(${egressPort}, '127.0.0.1', () => { socket.write(bytes); socket.end(); });
        socket.on('close', done).on('error', () => undefined).resume();
      });
      (async () => {
        for (let n = 0; n < 50; n += 1) await Promise.all(junk.map(one));
        const answers = await Promise.all(Array.from({ length: 200 }, () =>
          fetch('http://localhost:${at}/', { }).then((r) => r.text(), (e) => e.cause?.code)));
        console.log(new Set(answers));
        console.log(await new Promise((done) => {
          const socket = connect(${egressPort}, '127.0.0.1', () => socket.write('GET http://localhost:${at}/on HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'));
          let said = ''; socket.on('data', (d) => { said += d; }).on('end', () => done(said.split('\\r\\n\\r\\n')[1]));
        }));
      })();`;
    const { handle } = await start(kind, [process.execPath, '-e', script], [`localhost:${at}`]);
    const { stdout, exitCode } = await outcomeOf(handle);
    expect(exitCode).toBe(0);
    // Requests to loopback stay in the session; the proxy still answers.
    expect(stdout).toBe("Set(1) { 'ECONNREFUSED' }\nregistry /on\n");
  });

  cannot('the proxy outlives its session, or ends before it', async () => {
    const at = await registry();
    const script = `trap '' TERM; echo ready; while [ ! -e "$1" ]; do sleep 0.01; done; exit 9`;
    const go = join(ground.scratch.path, crypto.randomUUID());
    const { handle } = await start(kind, ['/bin/sh', '-c', script, 'sh', go], [`localhost:${at}`]);
    await untilPrinted(handle);
    mkdirSync(go);
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 9, stderr: '' });
    await untilGone(handle);
    await until('nothing to be left', () => carriersOf(handle).length === 0);
  });

  cannot('a session that is stopped leaves its proxy behind', async () => {
    const { handle } = await start(kind, ['/bin/sh', '-c', 'echo ready; sleep 60'], []);
    await untilPrinted(handle);
    await stopProcess(handle, { graceMs: 5_000 });
    expect(carriersOf(handle)).toEqual([]);
  });

  cannot('a session opens the debugger of one of Moose’s processes by a signal, or ends it', async () => {
    // SIGUSR1 (10) opens Node's debugger in a process that does not catch the signal.
    const script = `
      const { readdirSync, readFileSync } = require('node:fs');
      for (const pid of readdirSync('/proc').filter(Number)) {
        if (Number(pid) === process.pid) continue;
        process.kill(pid, 'SIGUSR1');
        const status = readFileSync('/proc/' + pid + '/status', 'utf8');
        const caught = BigInt('0x' + /SigCgt:\\s*(\\w+)/.exec(status)[1]);
        console.log('caught', (caught >> 9n) & 1n);
      }`;
    const argv = [process.execPath, '-e', script] as const;
    // Process 1 and the forwarder.
    const both = 'caught 0n\ncaught 0n\n';
    const { handle } = await start(kind, argv, []);
    await expect(outcomeOf(handle)).resolves.toMatchObject({ stdout: both });
    const agent = await ground.start(kind, argv);
    await expect(outcomeOf(agent)).resolves.toMatchObject({ stdout: both });
  });
});

const { level } = await probeIsolation();

test.skipIf(level !== 'files')(
  'R-SEC-6: this also works with isolated files, and the result says which hosts it could reach',
  async () => {
    const at = await registry();
    const directory = ground.scratch.directory();
    const worktree = join(ground.scratch.path, crypto.randomUUID());
    mkdirSync(worktree);
    const asked = { env, cwd: worktree, wish: 'require' } as const;
    const script = `
    env | grep -i -E '^(https?|no)_proxy=' | sort; ls -A "$1"
    exec ${JSON.stringify(process.execPath)} -e '${tries.replaceAll("'", `'\\''`)}' ${at} 1`;
    const started = await isolate({
      ...asked,
      argv: ['/bin/sh', '-c', script, 'sh', directory],
      network: { rules: { entries: entriesOf([`localhost:${at}`]) }, sessionPath: directory },
      files: async () => ({
        sessionPath: directory,
        userHome: '/nobody',
        dataDirectory: ground.scratch.path,
        hidden: [],
        granted: [],
        homePath: null,
        shown: [{ path: worktree, sight: 'write' }],
      }),
    });
    expect(started).toMatchObject({ level: 'files', egress: 'listed' });
    const handle = await startProcess({ directory, argv: started.argv, env: started.env, cwd: worktree });
    const { stdout } = await outcomeOf(handle);
    const lines = stdout.trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ listed: '200 reached', other: '403' });
    expect(lines.slice(0, -1)).toEqual([
      `HTTPS_PROXY=http://127.0.0.1:${egressPort}`,
      `HTTP_PROXY=http://127.0.0.1:${egressPort}`,
      'NO_PROXY=localhost,127.0.0.1,::1',
      `http_proxy=http://127.0.0.1:${egressPort}`,
      `https_proxy=http://127.0.0.1:${egressPort}`,
      'no_proxy=localhost,127.0.0.1,::1',
      // The session does not see the proxy's rules, its socket or the list of refused hosts.
      'own',
    ]);
  },
);

test('without isolation, the result says that the session could reach everything', async () => {
  const started = await isolate({
    argv: ['/bin/true'],
    env,
    cwd: '/',
    wish: 'off',
    network: { rules: { entries: [] }, sessionPath: ground.scratch.directory() },
    files: () => Promise.reject(new Error('not asked')),
  });
  expect(started).toMatchObject({ level: 'none', egress: 'open', env });
});

test('a port that is in use on the machine is still free for a session', async () => {
  const server = createServer();
  await new Promise<void>(
    (done) => void server.once('error', () => done()).listen(egressPort, '127.0.0.1', done),
  );
  onTestFinished(() => void server.close());
  const [way] = await waysOfIsolation();
  if (!way?.isPossible) return;
  const at = await registry();
  const words = [process.execPath, '-e', tries, String(at), '1'] as const;
  const { handle } = await start(way.kind, words, [`localhost:${at}`]);
  expect(JSON.parse((await outcomeOf(handle)).stdout)).toMatchObject({ listed: '200 reached' });
});
