// Two machines on one database: each has a name, a home, a data directory and mounts of its own. Work moves between them, and
// one command line and one browser read what both printed, over HTTP (R-DIST-3, R-PROJ-1).
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Serving, serve } from '../../src/app/serve.ts';
import type { WorkOrder } from '../../src/contract/contract.ts';
import { type Chromium, openChromium, signIn } from '../browser/open-chromium.ts';
import { type Environment, moose, type RunningMoose, startMoose } from './command-line.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { type GuardedServer, guardedServer } from './git-host.fixture.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

const seenMs = 60_000;

let directory: string;
/** The server: it carries no work, and cannot reach the remote. */
let ground: Ground;
let serving: Serving;
let host: GuardedServer;
let person: Environment;
let chromium: Chromium;
const running: RunningMoose[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'moose-machines-'));
  ground = await openGround({}, { works: false });
  serving = await serve(ground.opened, ground.config, { version: '0.0.0', port: 0, worker: () => null });
  host = await guardedServer(join(directory, 'host'), await makeRepository(join(directory, 'person')));
  const { token } = await ground.opened.moose.tokens.create({ name: 'laptop', role: 'admin', person: 'ada' });
  const home = join(directory, 'laptop');
  chromium = await openChromium();
  person = { PATH: process.env.PATH, HOME: home, MOOSE_URL: serving.url, MOOSE_TOKEN: token };
});

afterAll(async () => {
  for (const machine of running) await machine.stop();
  await chromium?.close();
  await serving?.close();
  await host?.close();
  for (const name of ['alpha', 'beta', 'gamma', 'delta', 'epsilon'])
    await endGateways(join(directory, name, 'data'));
  await ground?.close();
  await rm(directory, { recursive: true, force: true });
});

interface Machine {
  /** True if the machine's git has the password of the remote. */
  hasAccess?: boolean;
  labels?: string;
}

/** Starts a worker on a machine with this name. */
async function startMachine(
  name: string,
  { hasAccess = true, labels = '' }: Machine = {},
): Promise<RunningMoose> {
  const home = join(directory, name);
  await mkdir(home, { recursive: true });
  const credential = join(home, 'credential');
  await writeFile(credential, `username=ada\npassword=${hasAccess ? host.password : 'wrong'}\n`);
  await writeFile(join(home, '.gitconfig'), `[credential]\n\thelper = "!f() { cat ${credential}; }; f"\n`);
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    MOOSE_DATA: join(home, 'data'),
    MOOSE_DATABASE_URL: ground.config.databaseUrl ?? '',
    MOOSE_LABELS: labels,
    MOOSE_SCRIPTED_BASE_URL: ground.provider.baseUrl,
    MOOSE_MODELS: 'scripted/light,scripted/standard,scripted/strong',
  };
  const named = `exec unshare --mount --uts sh -c 'hostname ${name}; exec "$0" "$@"' "$0" "$@";`;
  const machine = await startMoose(env, named);
  running.push(machine);
  return machine;
}

async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr, exitCode } = await moose(person, ...args, '--json');
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout) as T;
}

const logsOf = async (id: string) => (await moose(person, 'logs', id)).stdout;

test.skipIf(process.getuid?.() !== 0)(
  'R-DIST-3, R-PROJ-1: work moves to another machine, and one command line and one browser read the output of both',
  async () => {
    const alpha = await startMachine('alpha');
    const check = 'test=echo printed on $(uname -n); test $(uname -n) = beta || sleep 20';
    const args = ['--repo', host.url, '--check', check];
    const { id } = await json<WorkOrder>('run', 'Moves between machines', ...args);
    // Stored while the session still runs.
    await expect.poll(() => logsOf(id), { interval: 1_000 }).toContain('printed on alpha');
    process.kill(alpha.pid, 'SIGKILL');
    await startMachine('beta');
    const detail = await ground.settled(id);
    expect(detail.status).toBe('completed');
    const hosts = detail.sessions.map((session) => session.host);
    expect(hosts).toContain('alpha');
    expect(hosts.at(-1)).toBe('beta');
    const logs = await logsOf(id);
    expect(logs).toContain('printed on alpha');
    expect(logs).toContain('printed on beta');
    const { page, errors } = await chromium.open();
    page.setDefaultTimeout(seenMs);
    await signIn(page, serving.url, person.MOOSE_TOKEN ?? '');
    for (const name of ['alpha', 'beta']) {
      const check = detail.sessions.find(({ host, purpose }) => host === name && purpose === 'check');
      await page.goto(`${serving.url}/work-orders/${id}?tab=output&session=${check?.id}`);
      await page.getByText(`printed on ${name}`).first().waitFor();
    }
    expect(errors).toEqual([]);
  },
);

test.skipIf(process.getuid?.() !== 0)(
  'R-DIST-3, R-PROJ-1: a machine without access and one without the label leave the work to one that has both',
  async () => {
    await startMachine('gamma', { hasAccess: false, labels: 'gpu=yes' });
    await startMachine('delta', { labels: 'gpu=no' });
    const args = ['--repo', host.url, '--label', 'gpu=yes', '--check', 'test=true'];
    const { id } = await json<WorkOrder>('run', 'Needs a machine of its own', ...args);
    const said = new Set<string>();
    const explained = async () => {
      const { explain } = await json<WorkOrder>('show', id);
      for (const reason of ['does not have the label gpu=yes', 'cannot reach'])
        if (explain.includes(reason)) said.add(reason);
      return said.size;
    };
    await expect.poll(explained, { interval: 500 }).toBe(2);
    await startMachine('epsilon', { labels: 'zone=eu,gpu=yes' });
    const detail = await ground.settled(id);
    expect(detail.status).toBe('completed');
    expect(new Set(detail.sessions.map((session) => session.host))).toEqual(new Set(['epsilon']));
  },
);
