import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigurationError } from '../../domain/failure.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { postmasterOf, query, quick, scratch, scratchWithCluster, starter } from '../scratch.fixture.ts';
import { startEmbedded } from './start-embedded.ts';

// A stop takes 250 ms on an idle machine; a start takes seconds.
const stopMsMax = 2_000;

test('R-BASE-1: one call creates a database: durable, UTF-8, with a password, on loopback only', async () => {
  const directory = join(scratch(), 'embedded');
  const server = await startEmbedded({ directory });
  expect(server.wasAdopted).toBe(false);

  const [row] = await query(
    server.url,
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
            current_setting('listen_addresses') AS listen, current_setting('unix_socket_directories') AS sockets,
            current_setting('jit') AS jit, current_setting('max_connections') AS connections,
            pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale,
            (SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules) AS methods,
            (SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'moose') AS scram
     FROM pg_database WHERE datname = 'template1'`,
  );
  expect(row).toEqual({
    fsync: 'on',
    commit: 'on',
    listen: '127.0.0.1',
    sockets: '',
    jit: 'off',
    connections: '200',
    encoding: 'UTF8',
    provider: 'b',
    locale: 'C.UTF-8',
    methods: ['scram-sha-256'],
    scram: true,
  });
  for (const name of ['password', 'port', 'server.log', 'start.lock']) {
    expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
  }
  await expect(query(server.url.replace(/:[^:@]*@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
    /authentication/,
  );
  expect(await server.release()).toBe('stopped');
});

test('the server has its own session, holds none of our files open, and installs no hooks in our process', async () => {
  const directory = await scratchWithCluster();
  const hooks = () =>
    ['exit', 'beforeExit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'].map(listeners);
  const before = hooks();
  const server = await startEmbedded({ directory, settings: quick });
  const pid = postmasterOf(directory);
  const session = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3]);
  expect(session).toBe(pid);
  const log = join(directory, 'server.log');
  expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual(['/dev/null', log, log]);
  // Hooks of what ran before may go in the meantime.
  expect(hooks().filter((count, index) => count > (before[index] ?? 0))).toEqual([]);
  await server.stop();
});

test('a warm start keeps the port, and takes another if somebody else has it', async () => {
  const directory = await scratchWithCluster();
  const first = await startEmbedded({ directory, settings: quick });
  await first.stop();
  const second = await startEmbedded({ directory, settings: quick });
  expect(second.port).toBe(first.port);
  expect(second.wasAdopted).toBe(false);
  await second.stop();

  await occupy(first.port);
  const third = await startEmbedded({ directory, settings: quick });
  expect(third.port).not.toBe(first.port);
  expect(await query(third.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await third.stop();
});

test("a requested port that is taken is refused, with PostgreSQL's log as evidence", async () => {
  const directory = await scratchWithCluster();
  const { port } = (await occupy(0)).address() as { port: number };
  const failure = await startEmbedded({ directory, settings: { ...quick, port: `${port}` } }).catch((e) => e);
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(failure).toMatchObject({ code: 'EMBEDDED_PORT_TAKEN', advice: expect.any(String) });
  expect(failure.metadata.logTail).toContain('Address already in use');
});

test('a setting that PostgreSQL refuses is a clear failure, with its log as evidence', async () => {
  const directory = await scratchWithCluster();
  const failure = await startEmbedded({ directory, settings: { shared_buffers: 'many' } }).catch((e) => e);
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(failure).toMatchObject({ code: 'EMBEDDED_START_FAILED', advice: expect.any(String) });
  expect(failure.metadata.logTail).toContain('shared_buffers');
});

test('settings that keep the server private cannot be changed', async () => {
  const start = startEmbedded({ directory: scratch(), settings: { listen_addresses: '*' } });
  await expect(start).rejects.toMatchObject({ code: 'EMBEDDED_SETTING_FIXED' });
});

test('release leaves a server that others use, and stops one that nobody uses', async () => {
  const directory = await scratchWithCluster();
  const first = await startEmbedded({ directory, settings: quick });
  const second = await startEmbedded({ directory, settings: quick });
  expect([first.wasAdopted, second.wasAdopted]).toEqual([false, true]);
  expect(second.url).toBe(first.url);

  expect(await first.release()).toBe('left running');
  expect(await first.release()).toBe('left running');
  const client = new Client({ connectionString: second.url });
  await client.connect();
  await client.end();
  expect(await second.release()).toBe('stopped');
  await expect(query(second.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test('fear: processes that leave one after the other still see each other, and the server stays for nobody', async () => {
  const options = { directory: await scratchWithCluster(), settings: quick };
  const last = await startEmbedded(options);
  for (let times = 0; times < 5; times += 1) {
    const others = await Promise.all([startEmbedded(options), startEmbedded(options)]);
    for (const other of others) expect(await other.release()).toBe('left running');
  }
  expect(await last.release()).toBe('stopped');
});

test('stop ends the server although others are connected', async () => {
  const directory = await scratchWithCluster();
  const server = await startEmbedded({ directory, settings: quick });
  const client = new Client({ connectionString: server.url });
  const lost = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await server.stop();
  await lost;
  await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test('a start during the last release gets a live server', async () => {
  const directory = await scratchWithCluster();
  let leaving = await startEmbedded({ directory, settings: quick });
  for (let round = 0; round < 6; round += 1) {
    const [, coming] = await Promise.all([leaving.release(), startEmbedded({ directory, settings: quick })]);
    expect(await query(coming.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    leaving = coming;
  }
  await leaving.stop();
});

test('release also works on a server that somebody else has stopped', async () => {
  const directory = await scratchWithCluster();
  const first = await startEmbedded({ directory, settings: quick });
  const second = await startEmbedded({ directory, settings: quick });
  await first.stop();
  expect(await second.release()).toBe('stopped');
  await second.stop();
});

test('a process that never releases can still end by itself', async () => {
  const directory = await scratchWithCluster();
  const child = starter({ directory, settings: quick, leaves: true });
  await child.said();
  expect(await child.exited).toEqual([0, null]);
});

test.for(['in initdb', 'in the start of the server'])(
  'an abort %s rejects immediately with its own reason',
  async (where) => {
    const isCold = where === 'in initdb';
    const directory = isCold ? join(scratch(), 'embedded') : await scratchWithCluster();
    const abort = new AbortController();
    const start = startEmbedded({ directory, settings: quick, signal: abort.signal }).catch((cause) => cause);
    await until(where, () => hasBegun(directory, isCold));
    const abortedAtMs = performance.now();
    abort.abort(new Error('enough'));
    expect(await start).toBe(abort.signal.reason);
    expect(performance.now() - abortedAtMs).toBeLessThan(stopMsMax);

    const again = await startEmbedded({ directory, settings: quick });
    expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await again.stop();
    expect(readdirSync(directory).filter((name) => name.startsWith('unfinished-'))).toEqual([]);
  },
);

function hasBegun(directory: string, isCold: boolean): boolean {
  try {
    if (!isCold) return statSync(join(directory, 'server.log')).size > 0;
    return readdirSync(directory).some((name) => name.startsWith('unfinished-'));
  } catch {
    return false;
  }
}

function listeners(event: string): number {
  return process.listenerCount(event);
}

async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return server;
}
