import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findProcess } from '../find-process.ts';
import { carriersOf } from '../scratch-sessions.fixture.ts';
import { startProcess } from '../start-process.ts';
import { isProcessAlive } from '../survey.ts';
import { watchProcess } from '../watch-process.ts';
import { isolate } from './isolate.ts';
import {
  IsolatedGround,
  kernelThatRefuses,
  outcomeOf,
  port,
  stdoutOf,
  untilGone,
  untilPrinted,
  wallClockMs,
} from './isolated-ground.fixture.ts';
import { locksHere } from './isolation-way.ts';
import { probeIsolation } from './probe-isolation.ts';

const isRoot = process.geteuid?.() === 0;
const nobody = 65_534;

/** If this machine cannot isolate files, the tests that need it are skipped, and the last test gives the reason. */
const { level, reason, advice } = await probeIsolation();
const isPossible = level === 'files';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

/** Runs a separate Moose, as any user and within any limits. */
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

/** A session's directory that belongs to the ordinary user. */
function placeOfNobody(): string {
  const directory = ground.scratch.directory();
  mkdirSync(directory);
  chownSync(directory, nobody, nobody);
  return directory;
}

test.skipIf(!isPossible)(
  'a killed Moose leaves an isolated session that the next Moose cannot find (R-SES-2)',
  async () => {
    const directory = ground.scratch.directory();
    const script = 'echo ready; while [ ! -e "$1" ]; do sleep 0.01; done; exit 9';
    const go = join(ground.scratch.path, 'go');
    const words = [
      directory,
      ground.scratch.path,
      'require',
      String(port),
      ground.socketPath,
      'sh',
      '-c',
      script,
      'sh',
      go,
    ];
    const { moose, level: given } = await mooseAs([], words);
    expect(given).toBe('files');
    const handle = await findProcess(directory);
    if (handle === null) throw new Error('no handle');
    await untilPrinted(handle);
    endMoose(moose);
    expect(await isProcessAlive(handle)).toBe(true);
    // At least: the wrapper and the supervisor; inside, the first process, the forwarder and the program.
    expect(carriersOf(handle).length).toBeGreaterThanOrEqual(5);
    writeFileSync(go, '');
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 9 });
    await untilGone(handle);
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
  'only root can isolate its agents, or an ordinary user has another user id inside',
  async () => {
    const directory = placeOfNobody();
    const words = [directory, directory, 'auto', String(port), ground.socketPath, process.execPath, '-e'];
    const secret = join(placeOfNobody(), 'secret');
    writeFileSync(secret, '', { mode: 0o644 });
    const script = `fetch('http://127.0.0.1:${port}/nobody').then((r) => r.text()).then((said) => {
    require('node:fs').writeFileSync('made', '');
    console.log(said, process.getuid(), process.getgid(), require('node:fs').existsSync('${secret}'),
      require('node:fs').readFileSync('/proc/self/status', 'utf8').includes('NoNewPrivs:\\t1'));
  });`;
    const { probe, level: given } = await mooseAs(ordinary, [...words, script]);
    // A machine may forbid this to ordinary users: then the probe tells how to allow it, and the session runs without
    // isolation.
    expect(probe.level).toBe(given);
    const handle = await findProcess(directory);
    if (handle === null) throw new Error('no handle');
    await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({
      exitCode: given === 'none' ? 1 : 0,
    });
    if (given === 'none')
      return expect(probe).toMatchObject({ reason: expect.any(String), advice: expect.any(String) });
    expect(stdoutOf(handle)).toBe(`gateway /nobody ${nobody} ${nobody} ${given !== 'files'} true\n`);
    expect(statSync(join(directory, 'made'))).toMatchObject({ uid: nobody, gid: nobody });
  },
);

test.skipIf(!isPossible)(
  'the reason that forbids isolation is not reported, and an agent runs without isolation although it is required',
  async () => {
    const without = ['setpriv', '--inh-caps=-all', '--ambient-caps=-all'];
    // In a separate user namespace, the limit applies only to this process.
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
    const words = ['require', String(port), ground.socketPath, 'true'];
    const { probe, error } = await mooseAs(limited, [ground.scratch.directory(), '/', ...words]);
    expect(probe).toEqual({
      level: 'none',
      reason: "The kernel's setting user.max_user_namespaces=0 forbids user namespaces.",
      advice: 'As root: `sysctl user.max_user_namespaces=15000`.',
      locks: null,
    });
    expect(error).toMatchObject({
      code: 'ISOLATION_UNAVAILABLE',
      advice: expect.stringContaining('MOOSE_ISOLATION'),
    });
  },
);

/** The numbers of the system calls that ask the kernel for its locks. */
const [landlockCreate, landlockRestrict] = [444, 446];
const [noSuchCall, notPermitted] = [38, 1];

test.skipIf(!isPossible || !isRoot || locksHere().locks === null).each([
  ['has no locks', landlockCreate, noSuchCall, /^This kernel has no Landlock\.$/],
  [
    'refuses its locks',
    landlockRestrict,
    notPermitted,
    /^The kernel refuses its locks here \(.*kernel refused/,
  ],
])(
  'if the kernel %s, sessions do not run, or nobody is told that one layer is missing (R-SEC-5)',
  async (_, call, errno, said) => {
    const directory = ground.scratch.directory();
    const words = [directory, ground.scratch.path, 'require', String(port), ground.socketPath];
    const told = await mooseAs(kernelThatRefuses(call, errno), [...words, 'sh', '-c', 'echo ran']);
    expect(told).toMatchObject({
      level: 'files',
      probe: { level: 'files', locks: { reason: expect.stringMatching(said), advice: expect.any(String) } },
    });
    const handle = await findProcess(directory);
    if (handle === null) throw new Error('no handle');
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 0, stdout: 'ran\n' });
  },
);

const notAsked = () => Promise.reject(new Error('The files were asked for.'));
const absent = {
  argv: ['no-such-program', 'a'],
  env: {},
  cwd: '/',
  network: 'none',
  files: notAsked,
} as const;

test('a program that must not be isolated is started differently', async () => {
  const { argv, env } = absent;
  await expect(isolate({ ...absent, wish: 'off' })).resolves.toEqual({
    argv,
    env,
    level: 'none',
    egress: 'open',
    keepsModes: false,
  });
});

test.skipIf(!isPossible)(
  'fear: variables of perl run code of the worktree outside of the isolation, or a program misses them',
  async () => {
    const worktree = join(ground.scratch.path, 'perl');
    mkdirSync(worktree);
    const ran = join(ground.scratch.path, 'ran');
    writeFileSync(join(worktree, 'Evil.pm'), `open F, '>', '${ran}'; 1`);
    const env = {
      PATH: '/usr/bin:/bin',
      PERL5LIB: worktree,
      PERL5OPT: '-MEvil',
      PERL_BADLANG: '1',
      LC_ALL: 'xx_XX.UTF-8',
    };
    const directory = ground.scratch.directory();
    const isolated = await isolate({
      argv: ['/usr/bin/env'],
      env,
      cwd: worktree,
      network: 'none',
      wish: 'require',
      files: async () => ({
        sessionPath: directory,
        userHome: '/nobody',
        dataDirectory: ground.scratch.path,
        homePath: null,
        hidden: [],
        granted: [],
        shown: [{ path: worktree, sight: 'write' }],
      }),
    });
    const handle = await startProcess({
      directory,
      cwd: worktree,
      argv: isolated.argv,
      env: isolated.env,
    });
    const { stdout, stderr } = await outcomeOf(handle);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').sort()).toEqual(
      Object.entries({ ...env, MOOSE_SESSION: handle.cookie })
        .map((pair) => pair.join('='))
        .sort(),
    );
    expect(existsSync(ran)).toBe(false);
  },
);

test.skipIf(!isPossible)('a missing program is noticed only inside, too late', async () => {
  await expect(isolate({ ...absent, wish: 'auto' })).rejects.toMatchObject({
    code: 'AGENT_PROGRAM_MISSING',
  });
});

test(`the probe gives its reason; on this machine: ${level}. ${reason}`, () => {
  expect(reason).toMatch(/^[A-Z].*\.$/);
  if (!isPossible) expect(advice).toMatch(/^[A-Z].*\.$/);
});
