// A home with secrets, a repository that contains an attack, and a Moose whose agents and checks carry out
// the attack.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { installAgent } from '../../scripts/agents/install-agent.ts';
import { shortId } from '../../src/domain/ids.ts';
import { submit } from '../../src/engine/commands/submit/submit.ts';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { packageRoot } from '../../src/stdx/files/own-files.ts';
import { runningProcesses } from '../../src/stdx/running-processes.fixture.ts';
import { openDatabase } from '../../src/store/database.ts';
import { errorsOf } from '../../src/store/work/work-orders/decisions.ts';
import { asOrdinaryUser, ordinaryUser } from '../agents/ordinary-user.fixture.ts';
import { startScriptedProvider } from '../agents/scripted-provider.fixture.ts';
import type { Subject } from '../agents/subjects/subject.ts';
import { cloneDatabase } from '../database.ts';
import { freePort } from '../free-port.ts';
import { mooseProgram } from '../moose-program.ts';
import { waitUntilFinished } from './farm.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { startMoose } from './moose-process.ts';

const isRoot = process.geteuid?.() === 0;
/** Enough for a machine that is ten times slower than it should be. */
export const orderMsMax = 240_000;

const programVariables: Readonly<Record<string, string>> = {
  'claude-code': 'MOOSE_CLAUDE_PATH',
  codex: 'MOOSE_CODEX_PATH',
  opencode: 'MOOSE_OPENCODE_PATH',
  'gemini-cli': 'MOOSE_GEMINI_PATH',
  'qwen-code': 'MOOSE_QWEN_PATH',
  pi: 'MOOSE_PI_PATH',
  aider: 'MOOSE_AIDER_PATH',
};

interface Place {
  root: string;
  home: string;
  data: string;
  repository: string;
  git(...args: string[]): string;
}

/** The folders of a machine that runs Moose. */
function makePlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'moose-attack-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));
  chmodSync(root, 0o755);
  const place = {
    root,
    home: join(root, 'home'),
    data: join(root, 'data'),
    repository: join(root, 'repository'),
  };
  for (const path of ['.ssh/id_ed25519', '.aws/credentials', 'other-project/.env', '.bashrc']) {
    mkdirSync(join(place.home, path, '..'), { recursive: true });
    writeFileSync(join(place.home, path), 'secret\n');
  }
  mkdirSync(place.data);
  mkdirSync(place.repository);
  writeFileSync(join(place.repository, 'hello.txt'), 'hello\n');
  cpSync(join(import.meta.dirname, 'attack.sh'), join(place.repository, 'attack.sh'));
  const settings = ['user.name=T', 'user.email=t@example.org', `safe.directory=${place.repository}`];
  const given = ['-C', place.repository, ...settings.flatMap((setting) => ['-c', setting])];
  const git = (...args: string[]) => execFileSync('git', [...given, ...args], { encoding: 'utf8' });
  git('init', '-q', '-b', 'main');
  git('add', '--all');
  git('commit', '-q', '-m', 'Start');
  return { ...place, git };
}

/** Whoever knows the key as a secret masks it in a command: there, it has a character that `attack.sh` takes out. */
const hidden = (key: string) => `${key.slice(0, 20)}+${key.slice(20)}`;

/** A server at an address of this machine that is not loopback, if it has one. */
async function listenElsewhere(): Promise<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const own = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  const server = createServer((socket) => socket.end()).listen(0, own ?? '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { address, port } = server.address() as { address: string; port: number };
  return `${address}:${port}`;
}

async function openStore(data: string) {
  const cloned = await cloneDatabase();
  const database = openDatabase(cloned.url);
  onTestFinished(async () => {
    await endGateways(data);
    await database.close();
    await cloned.drop();
  });
  return { database, url: cloned.url };
}

/** The targets that the attack looks for. */
async function makeTargets({ data, home }: Place, databaseUrl: string) {
  const memory = execFileSync('ipcmk', ['-M', '4096'], { encoding: 'utf8' }).replaceAll(/\D/g, '');
  onTestFinished(() => void execFileSync('ipcrm', ['-m', memory]));
  const [apiPort, key] = [String(await freePort()), `made-up-${crypto.randomUUID()}`];
  const daemon = String(10_000_000 + Math.floor(Math.random() * 80_000_000));
  const found = [
    data,
    home,
    apiPort,
    new URL(databaseUrl).port,
    hidden(key),
    memory,
    relative(packageRoot, mooseProgram),
  ];
  const elsewhere = await listenElsewhere();
  const words = (seconds: string) => ['sh', 'attack.sh', ...found, seconds, elsewhere];
  return { apiPort, key, daemon, words };
}

export interface Attacked {
  place: Place;
  status: string;
  /** The work order's result as text. */
  told: string;
  branch: string;
  isolation: Set<string>;
  /** What the agent told its model; below, what all sessions printed. */
  byAgent: string;
  printed: string;
  /** Only those of services. */
  byDaemons: string;
  /** Whether a process that they left in the background is alive. */
  isDaemonAlive: boolean;
  uid: number | undefined;
  /** Runs the same attack as the same user, without isolation. */
  attackOutside(): string;
}

/** Who attacks: the agent and its checks, or a service of the worktree beside an agent and checks that do not. */
export type Attacker = 'agent' | 'service';

/** Resolves when the work order has ended, with any result. */
export async function attackFrom(
  agent: string,
  subject: Subject,
  asRoot: boolean,
  attacker: Attacker = 'agent',
): Promise<Attacked> {
  const place = makePlace();
  const { data, home, repository, root } = place;
  const { database, url } = await openStore(data);
  const { apiPort, key, daemon, words } = await makeTargets(place, url);
  const command = words(daemon).join(' ');
  const test = 'grep -q "hello world" hello.txt';
  const byAgentToo = [`setup=${command}; true`, `test=${command}; ${test}`];
  const checks = (attacker === 'agent' ? byAgentToo : [`test=${test}`]).map(parseCheck);
  if (attacker === 'service') commitDaemon(place, `${command}; exec sleep 600`);
  const { order } = await submit(
    { database, clock: systemClock },
    { title: 'Greet in two words', repositoryPath: repository, agent, checks },
    'human:test',
  );
  const attack = subject.shell && attacker === 'agent' ? [subject.shell(command)] : [];
  const edit = subject.edit(join(data, 'worktrees', shortId(order.id)));
  const provider = await startScriptedProvider([...attack, ...edit]);
  onTestFinished(provider.stop);
  const isOrdinary = !asRoot && isRoot;
  if (isOrdinary) execFileSync('chown', ['-R', `${ordinaryUser}:${ordinaryUser}`, root]);
  const moose = await startMoose({
    databaseUrl: url,
    dataDirectory: data,
    command: 'up',
    scriptedBaseUrl: provider.url,
    as: isOrdinary ? asOrdinaryUser(root) : [],
    env: {
      HOME: home,
      MOOSE_PORT: apiPort,
      MOOSE_ISOLATION: 'require',
      MOOSE_MODELS: subject.model,
      [programVariables[agent] ?? '']: await installAgent(agent),
      ANTHROPIC_API_KEY: key,
      OPENAI_API_KEY: key,
      GEMINI_API_KEY: key,
      ANTHROPIC_BASE_URL: provider.url,
      OPENAI_BASE_URL: `${provider.url}/v1`,
      GEMINI_BASE_URL: `${provider.url}/v1beta`,
    },
  });
  onTestFinished(() => moose.kill());
  const holder = startKeyHolder(key, isOrdinary);
  onTestFinished(() => void holder.kill());
  await waitUntilFinished(database, [moose], orderMsMax);
  const [row] = await database.query
    .selectFrom('workOrders')
    .selectAll()
    .where('id', '=', order.id)
    .execute();
  const sessions = await database.query
    .selectFrom('sessions')
    .selectAll()
    .where('workOrderId', '=', order.id)
    .execute();
  const errors = (await errorsOf(database.query, order.id)).map(({ errorMessage }) => errorMessage);
  const ofDaemons = sessions.filter(({ purpose }) => purpose === 'service').map(({ id }) => id);
  const running = runningProcesses();
  return {
    place,
    status: row?.status ?? '',
    branch: row?.branch ?? '',
    printed: printed(data),
    byDaemons: printed(data, ofDaemons),
    told: [...errors, printed(data).slice(-4_000), moose.stderr().slice(-2_000)].join('\n'),
    isolation: new Set(sessions.map(({ isolation }) => isolation ?? 'none')),
    byAgent: JSON.stringify(provider.requests.map(({ messages }) => messages)),
    isDaemonAlive: running.some(({ command }) => command.includes(`sleep ${daemon}`)),
    uid: isOrdinary ? ordinaryUser : process.geteuid?.(),
    attackOutside: () => outside(repository, home, isOrdinary, words('0')),
  };
}

/** Another program of the same user, whose environment contains the key. */
function startKeyHolder(key: string, isOrdinary: boolean): ChildProcess {
  return spawn('setpriv', [...asUser(isOrdinary), '--', 'sleep', '600'], {
    env: { PATH: process.env.PATH, KEY: key },
  });
}

function asUser(isOrdinary: boolean): string[] {
  return isOrdinary ? [`--reuid=${ordinaryUser}`, `--regid=${ordinaryUser}`, '--clear-groups'] : [];
}

function outside(cwd: string, home: string, isOrdinary: boolean, words: string[]): string {
  const env = { PATH: process.env.PATH, HOME: home };
  return execFileSync('setpriv', [...asUser(isOrdinary), '--', ...words], { cwd, encoding: 'utf8', env });
}

/** It is ready when it has tried everything. */
function commitDaemon({ repository, git }: Place, command: string): void {
  // The file of the project may not contain what looks like a key.
  writeFileSync(join(repository, 'service.sh'), `${command}\n`);
  const service = { command: 'sh service.sh', ready: { log: 'TRIED all' } };
  mkdirSync(join(repository, '.moose'));
  writeFileSync(
    join(repository, '.moose/config.yml'),
    `services: ${JSON.stringify({ attacker: service })}\n`,
  );
  git('add', '--all');
  git('commit', '-q', '-m', 'Add a service');
}

/** The output of the sessions that Moose started. */
function printed(data: string, ids?: readonly string[]): string {
  const sessions = join(data, 'sessions');
  return (ids ?? (existsSync(sessions) ? readdirSync(sessions) : []))
    .flatMap((id) => ['stdout.log', 'stderr.log'].map((name) => join(sessions, id, name)))
    .flatMap((path) => (existsSync(path) ? [readFileSync(path, 'utf8')] : []))
    .join('\n');
}
