// Runs a real Gitea on loopback, in a folder of its own: from nothing to ready in less than a second.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findGitea } from '../../scripts/forges/gitea-build.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { freePort } from '../free-port.ts';
import { settingsOfGitea } from './gitea-settings.ts';

const run = promisify(execFile);

const programPath = await findGitea();

/** True if Gitea is not there, which is said aloud: `describe.skipIf(lacksGitea)`. */
export const lacksGitea = programPath === null;
if (lacksGitea) {
  const advice =
    'Gitea is not there: build it with `npx node scripts/get-gitea.ts` (5 minutes, needs Go and gcc)';
  if (process.env.MOOSE_TEST_GITEA === 'required') throw new Error(advice);
  process.stderr.write(`\nSKIPPED: the tests against a real forge. ${advice}.\n\n`);
}

export interface GiteaPerson {
  login: string;
  email: string;
  /** May do whatever the person may do. */
  token: string;
}

export interface Answered {
  status: number;
  /** Parsed if it is JSON, else text. */
  // biome-ignore lint/suspicious/noExplicitAny: Gitea's own answers, of which tests look at single members.
  body: any;
}

export interface Gitea {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** `127.0.0.1:PORT` */
  host: string;
  folder: string;
  admin: GiteaPerson;
  /** One call of its API: `api('GET', '/repos/admin/x')`. Without `as` it is the administrator's. */
  api(method: string, path: string, body?: unknown, as?: GiteaPerson | null): Promise<Answered>;
  addPerson(login: string): Promise<GiteaPerson>;
  /** A repository of the administrator with all branches of a local one. Writers are collaborators. */
  addRepository(options: {
    name: string;
    from: string;
    writers?: readonly GiteaPerson[];
    isPrivate?: boolean;
  }): Promise<GiteaRepository>;
  /** The newest errors that it logged, for the message of a test that fails. */
  errors(): string;
  stop(): Promise<void>;
}

export interface GiteaRepository {
  /** `admin/NAME` */
  path: string;
  /** With the administrator's token: git pushes to it without asking. */
  pushUrl: string;
  /** Without a token. */
  url: string;
}

const errorCharsMax = 4_000;
const startMsMax = 150_000;
const stopMsMax = 10_000;

/** Ends the server when its standard input ends: so also when the process of the tests is killed. */
const bound = `exec 3<&0; "$0" "$@" </dev/null & server=$!
(cat <&3 >/dev/null; kill -9 $server) 2>/dev/null & wait $server`;

export async function startGitea(): Promise<Gitea> {
  if (programPath === null) throw new Error('Gitea is not there.');
  const folder = await mkdtemp(join(tmpdir(), 'moose-gitea-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settingsPath = join(folder, 'app.ini');
  const env = { PATH: process.env.PATH ?? '', HOME: join(folder, 'home'), GITEA_WORK_DIR: folder };
  await mkdir(env.HOME);
  await writeFile(settingsPath, settingsOfGitea({ folder, port, user: userInfo().username }));
  const command = (...args: string[]) =>
    run(programPath, ['-c', settingsPath, ...args], { cwd: folder, env });
  await command('migrate');
  await command(
    ...['admin', 'user', 'create', '--username', 'admin', '--password', passwordOf('admin'), '--admin'],
    ...['--email', 'admin@example.org', '--must-change-password=false'],
  );

  const logPath = join(folder, 'gitea.log');
  const log = openSync(logPath, 'a');
  const server = spawn('sh', ['-c', bound, programPath, '-c', settingsPath, 'web'], {
    cwd: folder,
    env,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  const ended = once(server, 'exit');
  await untilReady(url, ended);
  const token = await makeToken(url, 'admin', ['all']);
  const admin: GiteaPerson = { login: 'admin', email: 'admin@example.org', token };
  const api: Gitea['api'] = async (method, path, body, as = admin) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `token ${as.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text };
  };
  return {
    url,
    host: `127.0.0.1:${port}`,
    folder,
    admin,
    api,
    addPerson: (login) => addPerson(api, url, login),
    addRepository: (options) => addRepository(api, url, admin, options),
    errors: () => readFileSync(logPath, 'utf8').slice(-errorCharsMax),
    stop: async () => {
      // Closes the wrapper's standard input. What the server would still write is thrown away.
      server.stdin?.end();
      await Promise.race([ended, sleep(stopMsMax)]);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const passwordOf = (login: string) => `${login}-password`;

async function addPerson(api: Gitea['api'], url: string, login: string): Promise<GiteaPerson> {
  const email = `${login}@example.org`;
  const account = { username: login, email, password: passwordOf(login), must_change_password: false };
  expectStatus(await api('POST', '/admin/users', account), 201);
  const token = await makeToken(url, login, ['write:repository', 'write:issue', 'read:user']);
  return { login, email, token };
}

async function makeToken(url: string, login: string, scopes: readonly string[]): Promise<string> {
  const response = await fetch(`${url}/api/v1/users/${login}/tokens`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${login}:${passwordOf(login)}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'tests', scopes }),
  });
  const made = expectStatus({ status: response.status, body: await response.json() }, 201);
  return made.sha1;
}

async function addRepository(
  api: Gitea['api'],
  url: string,
  admin: GiteaPerson,
  { name, from, writers = [], isPrivate = false }: Parameters<Gitea['addRepository']>[0],
): Promise<GiteaRepository> {
  const wished = { name, private: isPrivate, default_branch: 'main', auto_init: false };
  expectStatus(await api('POST', '/user/repos', wished), 201);
  const path = `${admin.login}/${name}`;
  const pushUrl = `${url.replace('://', `://${admin.login}:${admin.token}@`)}/${path}.git`;
  await run('git', ['push', '--quiet', pushUrl, 'refs/heads/*:refs/heads/*'], { cwd: from });
  await untilPushIsSeen(api, path);
  for (const { login } of writers) {
    const right = { permission: 'write' };
    expectStatus(await api('PUT', `/repos/${path}/collaborators/${login}`, right), 204);
  }
  return { path, pushUrl, url: `${url}/${path}.git` };
}

/** Gitea processes a push after it has answered it; until then, it cannot show the branch. */
async function untilPushIsSeen(api: Gitea['api'], path: string): Promise<void> {
  const until = Date.now() + startMsMax;
  for (;;) {
    const answered = await api('GET', `/repos/${path}/branches/main`);
    if (answered.status === 200 || Date.now() > until) return void expectStatus(answered, 200);
    await sleep(50);
  }
}

export function expectStatus(answered: Answered, status: number): Answered['body'] {
  if (answered.status === status) return answered.body;
  throw new Error(`Gitea answered ${answered.status} instead of ${status}: ${JSON.stringify(answered.body)}`);
}

async function untilReady(url: string, ended: Promise<unknown>): Promise<void> {
  const stopped = ended.then(() => 'ended' as const);
  const until = Date.now() + startMsMax;
  while (Date.now() < until) {
    const isReady = await fetch(`${url}/api/v1/version`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    if ((await Promise.race([stopped, sleep(20)])) === 'ended') throw new Error('Gitea ended at its start.');
  }
  throw new Error(`Gitea was not ready within ${startMsMax} ms.`);
}
