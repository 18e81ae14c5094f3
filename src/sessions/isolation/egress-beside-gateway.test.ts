// Agents that reach named hosts besides the gateway, in real namespaces (R-SEC-6).
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readEgressEntry } from '../../domain/machine/egress.ts';
import { startProcess } from '../start-process.ts';
import { egressEnvironment } from './egress-environment.ts';
import { egressFolder, readRefusals, writeEgressRules } from './egress-files.ts';
import { egressPort } from './egress-names.ts';
import { isolate } from './isolate.ts';
import { IsolatedGround, listen, outcomeOf, port, waysOfIsolation } from './isolated-ground.fixture.ts';
import { enterNamespace, findWay, type IsolationKind } from './isolation-way.ts';
import { probeIsolation } from './probe-isolation.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

async function docs(): Promise<number> {
  const server = createHttpServer((asked, answer) => answer.end(`docs ${asked.url}`));
  await listen(server, 0);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Asks the gateway directly and through the proxy, and hosts through the proxy; prints one JSON object. */
const tries = `
const { get } = require('node:http');
const [docs, gateway, proxy] = process.argv.slice(1);
const ask = (wish) => new Promise((done) => get({ host: '127.0.0.1', agent: false, ...wish }, (answer) => {
  let text = '';
  answer.on('data', (data) => { text += data; }).on('end', () => done(answer.statusCode + ' ' + text.trim()));
}).on('error', ({ code }) => done(code)));
(async () => console.log(JSON.stringify({
  gateway: await ask({ port: gateway, path: '/model' }),
  around: await ask({ port: proxy, path: 'http://127.0.0.1:' + gateway + '/model' }),
  listed: await ask({ port: proxy, path: 'http://localhost:' + docs + '/page' }),
  other: await ask({ port: proxy, path: 'http://other.test/page' }),
  direct: await ask({ port: docs, path: '/page' }),
})))();`;

const reached = {
  gateway: '200 gateway /model',
  around: '200 gateway /model',
  listed: '200 docs /page',
  other: expect.stringMatching(/^403 Moose refuses other\.test/),
  direct: 'ECONNREFUSED',
};

function entryOf(text: string) {
  const entry = readEgressEntry(text, { isPrivate: true });
  if (entry === null) throw new Error(`${text} is no entry`);
  return entry;
}

describe.each(await waysOfIsolation())('besides the gateway, $title (R-SEC-6)', ({ kind, isPossible }) => {
  const cannot = test.skipIf(!isPossible);

  /** The hosts of one session; `socketPath`: the gateway's. */
  async function start(which: IsolationKind, hosts: readonly string[], argv: readonly [string, ...string[]]) {
    const way = findWay(which);
    if ('missing' in way) throw new Error(`${way.missing} is missing`);
    const directory = ground.scratch.directory();
    const gateway = { port, socketPath: ground.socketPath };
    const rules = { entries: hosts.map(entryOf), closedPorts: [], gateway };
    const also = {
      port: egressPort,
      hasProxy: true,
      socketPath: writeEgressRules(egressFolder(directory), rules),
    };
    const own = egressEnvironment(env);
    const network = { ...gateway, also };
    const words = enterNamespace(way, { argv, cwd: ground.scratch.path, network, view: null });
    return {
      directory,
      handle: await startProcess({ directory, argv: words, env: own, cwd: ground.scratch.path }),
    };
  }

  cannot('an agent reaches more than the gateway and the hosts that a person gave it', async () => {
    const at = await docs();
    const words = [process.execPath, '-e', tries, String(at), String(port), String(egressPort)] as const;
    const { handle, directory } = await start(kind, [`localhost:${at}`], words);
    const { stdout, stderr } = await outcomeOf(handle);
    expect({ stderr, ...JSON.parse(stdout || '{}') }).toEqual({ stderr: '', ...reached });
    expect(readRefusals(directory)).toMatchObject([{ host: 'other.test', port: 80, reason: 'not listed' }]);
  });

  cannot('an agent reaches the hosts of another session that runs at the same time', async () => {
    const at = await docs();
    const words = [process.execPath, '-e', tries, String(at), String(port), String(egressPort)] as const;
    const both = await Promise.all([start(kind, [`localhost:${at}`], words), start(kind, [], words)]);
    const [one, two] = await Promise.all(
      both.map(async ({ handle }) => JSON.parse((await outcomeOf(handle)).stdout)),
    );
    expect(one).toEqual(reached);
    expect(two).toEqual({ ...reached, listed: expect.stringMatching(/^403 Moose refuses localhost/) });
  });
});

const { level } = await probeIsolation();

test.skipIf(level === 'none').each([port, egressPort])(
  'R-SEC-6: an agent with hosts has both ways, with the gateway at port %i',
  async (gatewayPort) => {
    const at = await docs();
    const directory = ground.scratch.directory();
    const proxyPort = gatewayPort === egressPort ? egressPort + 1 : egressPort;
    const started = await isolate({
      argv: [process.execPath, '-e', tries, String(at), String(gatewayPort), String(proxyPort)],
      env,
      cwd: ground.scratch.path,
      wish: 'auto',
      network: {
        rules: { entries: [entryOf(`localhost:${at}`)] },
        sessionPath: directory,
        gateway: { port: gatewayPort, socketPath: ground.socketPath },
        machine: { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'localhost' },
      },
      files: async () => ({
        sessionPath: directory,
        userHome: '/nobody',
        dataDirectory: '/nowhere',
        hidden: [],
        granted: [],
        homePath: null,
        shown: [{ path: ground.scratch.path, sight: 'write' }],
      }),
    });
    expect(started).toMatchObject({
      egress: 'listed',
      env: { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` },
    });
    const { stdout } = await outcomeOf(
      await startProcess({ directory, argv: [...started.argv], env: started.env, cwd: ground.scratch.path }),
    );
    expect(JSON.parse(stdout)).toEqual(reached);
  },
);
