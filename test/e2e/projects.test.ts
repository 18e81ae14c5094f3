// Projects with a URL, as people use them: added on the command line, and worked on by any machine with access.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  AddedProject,
  Project,
  RemovedProject,
  WorkOrder,
  WorkOrderRecord,
} from '../../src/contract/contract.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { hasErrorCode } from '../../src/stdx/system-error.ts';
import { cloneDatabase, type TestDatabase } from '../database.ts';
import { type Environment, expectRefusal, moose, startMoose } from './command-line.fixture.ts';
import { eventually } from './eventually.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { type GuardedServer, guardedServer } from './git-host.fixture.ts';
import { writes } from './ground.fixture.ts';
import { git, makeRepository } from './repository.fixture.ts';

let directory: string;
let database: TestDatabase;
let provider: ScriptedProvider;
let host: GuardedServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'moose-projects-'));
  database = await cloneDatabase();
  provider = await startScriptedProvider({ script: ({ title }) => writes('a.txt', `${title}\n`) });
  host = await guardedServer(join(directory, 'host'), await makeRepository(join(directory, 'person')));
});
afterAll(async () => {
  await host.close();
  for (const name of ['alpha', 'beta']) await endGateways(join(directory, name, 'data'));
  await provider.stop();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

/** A machine: a separate home and data directory; with `access`, git's credential helper knows the password. */
async function machine(name: string, access: boolean): Promise<Environment> {
  const home = join(directory, name);
  await mkdir(home, { recursive: true });
  const helper = access ? `[credential]\n\thelper = "!f() { cat ${join(home, 'credential')}; }; f"\n` : '';
  await writeFile(join(home, '.gitconfig'), helper);
  if (access) await writeFile(join(home, 'credential'), `username=ada\npassword=${host.password}\n`);
  return {
    PATH: process.env.PATH,
    HOME: home,
    MOOSE_DATA: join(home, 'data'),
    MOOSE_DATABASE_URL: database.url,
    MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
    MOOSE_MODELS: 'scripted/light,scripted/standard,scripted/strong',
  };
}

async function json<T>(env: Environment, ...args: string[]): Promise<T> {
  const { stdout, stderr, exitCode } = await moose(env, ...args, '--json');
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout) as T;
}

test('R-PROJ-1: a project is added by its URL, worked on without a checkout, and proposed to its remote', async () => {
  const alpha = await machine('alpha', true);
  const added = await json<AddedProject>(alpha, 'project', 'add', host.url);
  expect(added).toMatchObject({
    warnings: [],
    project: { name: 'api', repository_path: null, default_branch: 'main', base: null },
  });
  expect(added.project.remote_url).toBe(host.url.replace(/\.git$/, ''));
  const again = await json<AddedProject>(alpha, 'project', 'add', `${host.url}/`);
  expect(again.project.id).toBe(added.project.id);
  const args = ['--project', 'api', '--check', 'test=true', '--wait'];
  const order = await json<WorkOrder>(alpha, 'run', 'Write a file', ...args);
  expect(order).toMatchObject({ status: 'completed', project: 'api' });
  const detail = await json<WorkOrderRecord>(alpha, 'show', order.id);
  expect(await git(host.path, 'show', `${detail.branch}:a.txt`)).toBe('Write a file');
  expect(await git(host.path, 'rev-parse', `${detail.branch}^`)).toBe(
    await git(host.path, 'rev-parse', 'main'),
  );
  expect(await readdir(join(directory, 'alpha', 'data', 'mirrors'))).toEqual([`${added.project.id}.git`]);
  const merged = await moose(alpha, 'merge', order.id);
  expect(merged).toMatchObject({ exitCode: 0 });
  expect(await git(host.path, 'show', 'main:a.txt')).toBe('Write a file');
  // A base branch that is not the default.
  await git(host.path, 'branch', 'release', 'main~1');
  const onBase = await json<WorkOrder>(
    alpha,
    'run',
    'On a base',
    '--repo',
    host.url,
    '--base',
    'release',
    ...args.slice(2),
  );
  const shown = await json<WorkOrderRecord>(alpha, 'show', onBase.id);
  expect(await git(host.path, 'merge-base', 'release', `${shown.branch}`)).toBe(
    await git(host.path, 'rev-parse', 'release'),
  );
});

test('R-PROJ-1: bad input is answered with one sentence, and a password in an address is never shown', async () => {
  const env = await machine('alpha', true);
  const secret = await moose(env, 'project', 'add', host.url.replace('://', '://ada:hunter2@'));
  expectRefusal(secret, 'REMOTE_URL_HAS_SECRET', 2);
  expect(secret.stderr).not.toContain('hunter2');
  expectRefusal(await moose(env, 'project', 'add', 'git://host/a/b'), 'REMOTE_URL_INVALID', 2);
  expectRefusal(await moose(env, 'project', 'rm', 'nobody'), 'PROJECT_NOT_FOUND');
  expectRefusal(await moose(env, 'run', 'X', '--project', 'nobody'), 'PROJECT_NOT_FOUND');
  expectRefusal(await moose(env, 'run', 'X', '--repo', host.url, '--base', 'a..b'), 'BRANCH_NAME_INVALID', 2);
  const repository = join(directory, 'person');
  const unknown = await moose(env, 'run', 'X', '--repo', repository, '--base', 'mian');
  expectRefusal(unknown, 'BASE_BRANCH_UNKNOWN');
  expect(unknown.stderr).toContain('main');
});

test('R-PROJ-1: a machine without access leaves the work to one that has it', async () => {
  const [alpha, beta] = [await machine('alpha', true), await machine('beta', false)];
  const project = await json<Project>(beta, 'project', 'show', 'api');
  const without = await startMoose(beta);
  const order = await json<WorkOrder>(beta, 'run', 'Left', '--project', 'api', '--check', 'test=true');
  const waits = await eventually(async () => {
    const shown = await json<WorkOrderRecord>(beta, 'show', order.id);
    expect(shown.explain).toContain('cannot reach');
    return shown;
  });
  expect(waits.explain).toContain(project.remote_url);
  const refused = await moose(beta, 'project', 'rm', 'api');
  expectRefusal(refused, 'PROJECT_IN_USE');
  const withAccess = await startMoose(alpha);
  const done = await eventually(async () => {
    const shown = await json<WorkOrderRecord>(beta, 'show', order.id);
    expect(shown.status).toBe('completed');
    return shown;
  }, 90_000);
  expect(await git(host.path, 'show', `${done.branch}:a.txt`)).toBe('Left');
  const mirrors = await readdir(join(directory, 'beta', 'data', 'mirrors')).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  expect(mirrors).toEqual([]);
  await without.stop();
  await withAccess.stop();
  const removed = await json<RemovedProject>(alpha, 'project', 'rm', 'api');
  expect(removed.kept.join()).toContain('mirror');
  expect(await json<Project[]>(alpha, 'project', 'ls')).toMatchObject([]);
  expect(await json<WorkOrderRecord>(alpha, 'show', order.id)).toMatchObject({ status: 'completed' });
});
