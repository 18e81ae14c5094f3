import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { findProcess } from '../find-process.ts';
import type { ProcessHandle } from '../process-handle.ts';
import { readProcess } from '../process-table.ts';
import { carriersOf, isAlive, ScratchSessions, until } from '../scratch-sessions.fixture.ts';
import { filePath } from '../session-files.ts';
import { isLockFree } from '../session-lock.ts';
import { stopProcess } from '../stop-process.ts';
import { isProcessAlive } from '../survey.ts';
import { watchProcess } from '../watch-process.ts';
import { isolate } from './isolate.ts';
import { enterNamespace, findWay, type IsolationKind } from './isolation-way.ts';
import { probeIsolation } from './probe-isolation.ts';

const wallClockMs = 20_000;
const isRoot = process.geteuid?.() === 0;
const nobody = 65_534;

const { level, reason, advice } = await probeIsolation();
const isPossible = level === 'network';
/** Root can do it in both ways. Where it cannot be done, the tests are listed as skipped and the last one says why. */
const kinds: IsolationKind[] = isRoot ? ['privileged', 'user'] : ['user'];

let scratch: ScratchSessions;
let gateway: HttpServer;
let socketPath: string;
/** Streams whose rest is sent when `/next` is asked for. */
const waiting: ServerResponse[] = [];
const port = 18_080;

beforeAll(async () => {
  scratch = await ScratchSessions.create();
  chmodSync(scratch.path, 0o755);
  socketPath = join(scratch.path, 'gateway.sock');
  gateway = createHttpServer((request, response) => {
    if (request.url === '/stream') {
      response.write('first');
      waiting.push(response);
    } else if (request.url === '/next') {
      for (const stream of waiting.splice(0)) stream.end('second');
      response.end('next');
    } else if (request.url === '/echo') request.pipe(response);
    else response.end(`gateway ${request.url}`);
  });
  await listen(gateway, socketPath);
  chmodSync(socketPath, 0o777);
});
afterAll(async () => {
  gateway.closeAllConnections();
  gateway.close();
  await scratch.clear();
});

async function listen(server: Server, at: string | number): Promise<void> {
  if (typeof at === 'string') server.listen(at);
  else server.listen(at, '127.0.0.1');
  await once(server, 'listening');
}

/** A server that tells whoever connects that it is reached. */
async function openServer(at: string | number): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('reached'));
  await listen(server, at);
  onTestFinished(() => {
    server.close();
  });
  return server;
}

/** What an agent would do to get out, as one line of JSON; run inside and, for comparison, outside. */
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

function stdoutOf(handle: ProcessHandle): string {
  return readFileSync(filePath(handle.directory, 'stdout'), 'utf8');
}

async function printed(handle: ProcessHandle): Promise<void> {
  await until('the program to print a line', () => stdoutOf(handle).includes('\n'));
}

/** The wrapper itself ends a moment after it has written the exit file. */
async function isGone(handle: ProcessHandle): Promise<boolean> {
  await until('the wrapper to be gone', () => !isAlive(handle.pid));
  return !(await isProcessAlive(handle));
}

async function outcomeOf(handle: ProcessHandle) {
  const { exitCode, signal } = await watchProcess(handle, { wallClockMs });
  return {
    exitCode,
    signal,
    stdout: stdoutOf(handle),
    stderr: readFileSync(filePath(handle.directory, 'stderr'), 'utf8'),
  };
}

describe.each(kinds)('isolated, %s (R-BUD-6)', (kind) => {
  const cannot = test.skipIf(!isPossible);

  function start(argv: readonly [string, ...string[]], env: Record<string, string> = {}) {
    const way = findWay(kind);
    if ('missing' in way) throw new Error(`${way.missing} is missing`);
    return scratch.start(enterNamespace(way, argv, { PATH: '', ...env }, { port, socketPath }), env);
  }
  const shell = (script: string, ...args: string[]) => start(['/bin/sh', '-c', script, 'sh', ...args]);
  const node = (script: string, ...args: string[]) => start([process.execPath, '-e', script, ...args]);
  const ask = (script: string) =>
    node(`const url = 'http://127.0.0.1:${port}'; (async () => { ${script} })();`).then(outcomeOf);

  cannot(
    'an agent goes round the gateway: to a port, a socket, or the keys of the processes outside',
    async () => {
      const outside = await openServer(0);
      const { port: outsidePort } = outside.address() as AddressInfo;
      const outsideSocket = join(scratch.path, `${kind} outside.sock`);
      await openServer(outsideSocket);
      const word = `secret-${crypto.randomUUID()}`;
      const holder = spawn('sleep', ['60'], { env: { PATH: '/usr/bin:/bin', ANTHROPIC_API_KEY: word } });
      onTestFinished(() => {
        holder.kill();
      });
      const args = [String(outsidePort), outsideSocket];
      // The word is taken apart, so that the program's own arguments do not count; an environment holds it whole.
      const inside = await node(tries, ...args, word).then(outcomeOf);
      expect(JSON.parse(inside.stdout)).toEqual({
        tcp: 'ECONNREFUSED',
        unix: 'ECONNREFUSED',
        afar: 'ENETUNREACH',
        isSecretRead: false,
      });
      const control = await scratch.start([
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
    },
  );

  cannot('the gateway is not where it is outside, or its streams come late', async () => {
    const outcome = await ask(`
      console.log(await (await fetch(url + '/v1')).text());
      const reader = (await fetch(url + '/stream')).body.getReader();
      const text = async () => new TextDecoder().decode((await reader.read()).value);
      const first = await text();
      await fetch(url + '/next');
      console.log(first, await text());`);
    expect(outcome).toEqual({ exitCode: 0, signal: null, stdout: 'gateway /v1\nfirst second\n', stderr: '' });
  });

  cannot('a long body is cut or changed on the way', async () => {
    const outcome = await ask(`
      const { randomBytes } = require('node:crypto');
      const body = randomBytes(16 * 1024 * 1024);
      const back = Buffer.from(await (await fetch(url + '/echo', { method: 'POST', body })).arrayBuffer());
      console.log(back.equals(body));`);
    expect(outcome.stdout).toBe('true\n');
  });

  cannot.each([
    ['exit 0', 0, null],
    ['exit 7', 7, null],
    ['exit 200', 200, null],
    ['kill -TERM $$', null, 'SIGTERM'],
    ['kill -KILL $$', null, 'SIGKILL'],
    ['kill -SEGV $$', null, 'SIGSEGV'],
  ])('`%s` is told as something else', async (script, exitCode, signal) => {
    const outcome = await shell(`echo out; echo problem >&2; ${script}`).then(outcomeOf);
    expect(outcome).toEqual({ exitCode, signal, stdout: 'out\n', stderr: 'problem\n' });
  });

  cannot('the agent has another environment, directory, stdin or more open files than without', async () => {
    const look = 'pwd; cat; ls /proc/self/fd | tr "\\n" " "; env | sort';
    const env = { ODD: 'a=b $HOME "q"\nsecond line', EMPTY: '' };
    const own = (handle: ProcessHandle, text: string) => text.replace(handle.cookie, 'COOKIE');
    const [inside, outside] = await Promise.all([
      start(['/bin/sh', '-c', look], { PATH: '/usr/bin:/bin', ...env }),
      scratch.start(['/bin/sh', '-c', look], { PATH: '/usr/bin:/bin', ...env }),
    ]);
    expect(own(inside, (await outcomeOf(inside)).stdout)).toBe(
      own(outside, (await outcomeOf(outside)).stdout),
    );
  });

  cannot('files of the worktree belong to somebody else, and git will not touch them', async () => {
    const repository = join(scratch.path, `repository-${kind}`);
    execFileSync('git', ['init', '-q', repository]);
    const script = 'cd "$1" && echo change >file && git add file && git status --porcelain && id -u && id -g';
    const outcome = await shell(script, repository).then(outcomeOf);
    expect(outcome).toMatchObject({
      stdout: `A  file\n${process.geteuid?.()}\n${process.getegid?.()}\n`,
      stderr: '',
    });
    expect(statSync(join(repository, 'file'))).toMatchObject({
      uid: process.geteuid?.(),
      gid: process.getegid?.(),
    });
  });

  cannot('TERM does not reach the agent, or reaches its gateway first (R-SES-3)', async () => {
    const handle = await node(`
      process.on('SIGTERM', async () => {
        console.log(await (await fetch('http://127.0.0.1:${port}/late')).text());
        process.exit(3);
      });
      setInterval(() => undefined, 1_000);
      console.log('ready');`);
    await printed(handle);
    await expect(stopProcess(handle, { graceMs: wallClockMs })).resolves.toMatchObject({ wasKilled: false });
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 3, stdout: 'ready\ngateway /late\n' });
  });

  const stubborn = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
  const hidden = 'setsid env -i /bin/sh -c "$1" & wait $!';

  cannot.each([
    ['a deaf agent', `(${hidden}) & ${stubborn}`, true],
    ['a deaf grandchild without a mark', hidden, false],
  ])('%s outlives the stop (R-SES-3)', async (_, script, wasKilled) => {
    const handle = await shell(script, stubborn);
    await printed(handle);
    const pids = carriersOf(handle);
    const proof = await stopProcess(handle, { graceMs: 200 });
    expect(proof).toMatchObject({ provedEmpty: true, wasKilled });
    expect(pids.filter(isAlive)).toEqual([]);
    await expect(isLockFree(handle)).resolves.toBe(true);
  });

  cannot('what a finished agent left in the background works on', async () => {
    const handle = await shell(
      `setsid env -i /bin/sh -c "$1" & while [ ! -s "$2" ]; do sleep 0.01; done; exit 5`,
      stubborn,
      filePath(scratch.path, 'stdout'),
    );
    writeFileSync(filePath(scratch.path, 'stdout'), 'go');
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 5, signal: null });
    expect(await isGone(handle)).toBe(true);
  });

  cannot('the outer half dies alone, and the agent works on unseen', async () => {
    const handle = await shell(stubborn);
    await printed(handle);
    const unshare = carriersOf(handle).find((pid) => readProcess(pid)?.command === 'unshare');
    if (unshare === undefined) throw new Error('no unshare among the processes of the session');
    process.kill(unshare, 'SIGKILL');
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(await isGone(handle)).toBe(true);
  });

  cannot('a call in the moment of a new gateway fails', async () => {
    const path = join(scratch.path, `late-${kind}.sock`);
    const way = findWay(kind);
    if ('missing' in way) throw new Error(`${way.missing} is missing`);
    const client = `console.log('asking'); fetch('http://127.0.0.1:${port}').then((r) => r.text()).then(console.log);`;
    const words = enterNamespace(way, [process.execPath, '-e', client], {}, { port, socketPath: path });
    const handle = await scratch.start(words);
    await printed(handle);
    const late = createHttpServer((_, response) => response.end('late'));
    onTestFinished(() => {
      late.close();
    });
    await listen(late, path);
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 0, stdout: 'asking\nlate\n' });
  });
});

/** A Moose of its own, as any user and within any limits. */
async function mooseAs(prefix: readonly string[], words: readonly string[]) {
  const program = join(import.meta.dirname, 'isolated-start.fixture.ts');
  const [first = '', ...rest] = [...prefix, process.execPath, program, ...words];
  const moose = spawn(first, rest, { detached: true, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  moose.stderr.on('data', (data) => {
    said += data;
  });
  onTestFinished(() => endMoose(moose));
  for await (const line of createInterface({ input: moose.stdout })) return { moose, ...JSON.parse(line) };
  throw new Error(`The starter said nothing: ${said}`);
}

function endMoose(moose: ChildProcess): void {
  if (moose.exitCode === null && moose.signalCode === null && moose.pid !== undefined)
    process.kill(-moose.pid, 'SIGKILL');
}

const ordinary = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];

/** A directory of a session, in a place that is the ordinary user's. */
function placeOfNobody(): string {
  const directory = scratch.directory();
  mkdirSync(directory);
  chownSync(directory, nobody, nobody);
  return directory;
}

test.skipIf(!isPossible)(
  'a killed Moose leaves an isolated session that the next one does not know (R-SES-2)',
  async () => {
    const directory = scratch.directory();
    const script = 'echo ready; while [ ! -e "$1" ]; do sleep 0.01; done; exit 9';
    const go = join(scratch.path, 'go');
    const words = [
      directory,
      scratch.path,
      'require',
      String(port),
      socketPath,
      'sh',
      '-c',
      script,
      'sh',
      go,
    ];
    const { moose, level: given } = await mooseAs([], words);
    expect(given).toBe('network');
    const handle = await findProcess(directory);
    if (handle === null) throw new Error('no handle');
    await printed(handle);
    endMoose(moose);
    expect(await isProcessAlive(handle)).toBe(true);
    // The wrapper, the outer half and unshare; inside, the first process, the forwarder and the program at least.
    expect(carriersOf(handle).length).toBeGreaterThanOrEqual(6);
    writeFileSync(go, '');
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 9 });
    expect(await isGone(handle)).toBe(true);
  },
);

const canBeNobody = isRoot && isPossible && canRunAsNobody();

function canRunAsNobody(): boolean {
  try {
    const [program = '', ...words] = [
      ...ordinary,
      process.execPath,
      '--check',
      join(import.meta.dirname, 'isolate.ts'),
    ];
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!canBeNobody)(
  'only root gets its agents isolated, or an ordinary user loses its name inside',
  async () => {
    const directory = placeOfNobody();
    const words = [directory, directory, 'auto', String(port), socketPath, process.execPath, '-e'];
    const script = `fetch('http://127.0.0.1:${port}/nobody').then((r) => r.text()).then((said) => {
    require('node:fs').writeFileSync('made', '');
    console.log(said, process.getuid(), process.getgid());
  });`;
    const { probe, level: given } = await mooseAs(ordinary, [...words, script]);
    // A machine may forbid it to ordinary users: then it says how, and the session runs all the same.
    expect(probe.level).toBe(given);
    const handle = await findProcess(directory);
    if (handle === null) throw new Error('no handle');
    await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({
      exitCode: given === 'network' ? 0 : 1,
    });
    if (given === 'none')
      return expect(probe).toMatchObject({ reason: expect.any(String), advice: expect.any(String) });
    expect(stdoutOf(handle)).toBe(`gateway /nobody ${nobody} ${nobody}\n`);
    expect(statSync(join(directory, 'made'))).toMatchObject({ uid: nobody, gid: nobody });
  },
);

test.skipIf(!isPossible)(
  'what forbids it is not told, and an agent runs open where isolation is required',
  async () => {
    const without = ['setpriv', '--inh-caps=-all', '--ambient-caps=-all'];
    // In a user namespace of its own the limit is this process's alone.
    const forbid = ['sh', '-c', 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"', 'sh'];
    const limited = [
      'unshare',
      '--user',
      '--map-user=1000',
      '--map-group=1000',
      '--keep-caps',
      ...forbid,
      ...without,
    ];
    const words = ['require', String(port), socketPath, 'true'];
    const { probe, error } = await mooseAs(limited, [scratch.directory(), '/', ...words]);
    expect(probe).toEqual({
      level: 'none',
      reason: "The kernel's setting user.max_user_namespaces=0 forbids user namespaces.",
      advice: 'As root: `sysctl user.max_user_namespaces=15000`.',
    });
    expect(error).toMatchObject({
      code: 'ISOLATION_UNAVAILABLE',
      advice: expect.stringContaining('MOOSE_ISOLATION'),
    });
  },
);

test('what calls no model, or shall not be isolated, is started as it is', async () => {
  const argv = ['no-such-program', 'a'] as const;
  const request = { argv, env: {}, cwd: '/', gateway: { port, socketPath } };
  await expect(isolate({ ...request, gateway: null, wish: 'require' })).resolves.toEqual({
    argv,
    level: 'none',
  });
  await expect(isolate({ ...request, wish: 'off' })).resolves.toEqual({ argv, level: 'none' });
});

test.skipIf(!isPossible)('a program that is not there is found out inside, too late', async () => {
  const request = { argv: ['no-such-program'] as const, env: {}, cwd: '/', gateway: { port, socketPath } };
  await expect(isolate({ ...request, wish: 'auto' })).rejects.toMatchObject({
    code: 'AGENT_PROGRAM_MISSING',
  });
});

test(`the probe gives its reason; on this machine: ${level}. ${reason}`, () => {
  expect(reason).toMatch(/^[A-Z].*\.$/);
  if (!isPossible) expect(advice).toMatch(/^[A-Z].*\.$/);
});
