import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runQuickly } from '../../git/quick-start.fixture.ts';
import { sessionPathsOf } from '../../git/sessions/session-paths.ts';
import { ensureWorktree } from '../../git/worktree/worktree.ts';
import {
  IsolatedGround,
  listen,
  outcomeOf,
  port,
  waysOfIsolation,
} from '../../sessions/isolation/isolated-ground.fixture.ts';
import {
  enterNamespace,
  findWay,
  type IsolationKind,
  type SessionNetwork,
} from '../../sessions/isolation/isolation-way.ts';
import { type ShownPath, viewFor } from '../../sessions/isolation/session-view.ts';
import { isAlive } from '../../sessions/scratch-sessions.fixture.ts';
import { filePath } from '../../sessions/session-files.ts';
import { startProcess } from '../../sessions/start-process.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { runningProcesses } from '../../stdx/running-processes.fixture.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

const branch = 'moose/12345678-own';

/** A machine that runs Moose: a home with secrets, Moose's state, and a project with a worktree. */
async function makeScene() {
  // A folder name as people may choose it: with unusual spaces, and characters that have a meaning in a mount table.
  const path = join(ground.scratch.path, `${crypto.randomUUID()} \u00a0\u3000#\\040`);
  const home = join(path, 'home');
  const data = join(home, '.moose');
  const repository = join(home, 'project');
  const worktree = join(data, 'worktrees', '12345678');
  const secrets = [
    join(data, 'api-token'),
    join(data, 'postgres', 'password'),
    join(data, 'sessions', 'other', 'stdout.log'),
    join(data, 'worktrees', 'other', 'file'),
    join(home, '.ssh', 'id_ed25519'),
    join(home, '.aws', 'credentials'),
    join(home, 'other-project', '.env'),
    join(repository, '.env'),
  ];
  for (const secret of secrets) {
    mkdirSync(join(secret, '..'), { recursive: true });
    writeFileSync(secret, 'secret');
  }
  const git = (...args: string[]) =>
    runQuickly('git', ['-C', repository, '-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args]);
  git('init', '-q', '-b', 'main');
  git('commit', '-q', '--allow-empty', '-m', 'Start');
  git('branch', 'moose/87654321-other');
  const baseSha = git('rev-parse', 'HEAD').trim();
  await ensureWorktree({ repositoryPath: repository, worktreePath: worktree, branch, baseSha });
  const ofGit = await sessionPathsOf(repository);
  return { path, home, data, repository, worktree, secrets, git, ofGit };
}
type Scene = Awaited<ReturnType<typeof makeScene>>;

const env = { PATH: process.env.PATH ?? '/usr/bin:/bin' };

async function start(
  kind: IsolationKind,
  scene: Scene,
  argv: readonly [string, ...string[]],
  network: SessionNetwork = 'none',
  granted: readonly ShownPath[] = [],
) {
  const way = findWay(kind);
  if ('missing' in way) throw new Error(`${way.missing} is missing`);
  const directory = ground.scratch.directory();
  const { worktree, home, data, repository, ofGit } = scene;
  const homePath = join(data, 'homes', '12345678', crypto.randomUUID());
  mkdirSync(homePath, { recursive: true });
  const own = { ...env, HOME: homePath };
  const written = [worktree, homePath].map((path) => ({ path, sight: 'write' as const }));
  const view = viewFor({
    sessionPath: directory,
    argv,
    env: own,
    cwd: worktree,
    userHome: home,
    dataDirectory: data,
    hidden: [repository],
    shown: [...written, ...ofGit],
    granted,
  });
  const words = enterNamespace(way, { argv, cwd: worktree, network, view });
  return startProcess({ directory, argv: words, env: own, cwd: worktree });
}

const shell = (kind: IsolationKind, scene: Scene, script: string, ...args: string[]) =>
  start(kind, scene, ['/bin/sh', '-c', script, 'sh', ...args]).then(outcomeOf);

describe.each(await waysOfIsolation())('in its own files, $title (R-SEC-5)', ({ kind, isPossible }) => {
  const cannot = test.skipIf(!isPossible);

  cannot('a session reads keys of its user, state of Moose, another session or another project', async () => {
    const scene = await makeScene();
    const script = 'for path; do [ ! -e "$path" ] || echo "seen $path"; done; ls -A "$HOME/../../../../.."';
    const { stdout } = await shell(kind, scene, script, ...scene.secrets);
    expect(stdout).not.toContain('seen');
    expect(stdout).not.toMatch(/ssh|aws/);
    for (const secret of scene.secrets) expect(existsSync(secret)).toBe(true);
  });

  cannot('a session plants what Moose would read, in place of what is hidden from it', async () => {
    // Everything is below /tmp, and so is what the session's own /tmp hides.
    const scene = await makeScene();
    const script =
      'for path; do mkdir -p "$(dirname "$path")"; echo planted >"$path" && echo "planted $path"; done 2>/dev/null; echo done';
    const paths = [
      join(scene.data, 'api-token'),
      join(scene.data, 'remotes', 'x.git', 'hooks', 'pre-receive'),
    ];
    await expect(shell(kind, scene, script, ...paths)).resolves.toMatchObject({ stdout: 'done\n' });
  });

  cannot('a person who gives a whole home gives the state of Moose in it', async () => {
    const scene = await makeScene();
    const script =
      'for path; do [ ! -e "$path" ] || printf "%s\\n" "$path"; done; echo x >>"$1" || echo refused';
    const shown = join(scene.home, '.aws', 'credentials');
    const argv = ['/bin/sh', '-c', script, 'sh', shown, ...scene.secrets] as const;
    const handle = await start(kind, scene, argv, 'none', [{ path: scene.home, sight: 'read' }]);
    const seen = (await outcomeOf(handle)).stdout.trim().split('\n');
    expect(seen.at(-1)).toBe('refused');
    expect(seen).toContain(shown);
    expect(seen.filter((path) => path.startsWith(scene.data))).toEqual([]);
  });

  cannot('a session of root reads what the machine keeps from other users', async () => {
    const scene = await makeScene();
    const { stdout } = await shell(kind, scene, 'cat /etc/shadow /etc/gshadow; ls ~root /home /var/lib');
    expect(stdout).not.toMatch(/root:[^\n]|ssh|postgres/);
  });

  // Writing these files would harm this machine, so the test only opens them.
  const changes = [
    ': >>/proc/sys/kernel/core_pattern',
    ': >>/proc/sysrq-trigger',
    ': >>/dev/vda',
    ': >>/etc/hosts',
    ': >>/etc/cron.d/moose-attack',
    ': >>/usr/bin/moose-attack',
    ': >>/moose-attack',
    'mkdir ~root/.moose-attack',
    'mknod /dev/shm/moose-attack b 254 0 && : >>/dev/shm/moose-attack',
    'mount -t tmpfs tmpfs /usr',
    'mount -o remount,bind,rw /usr',
    'umount /usr',
  ];

  cannot('a session changes the machine, as root could through its kernel (R-SEC-5)', async () => {
    const scene = await makeScene();
    const script = 'for attempt; do (eval "$attempt") 2>/dev/null && echo "done: $attempt"; done; echo tried';
    await expect(shell(kind, scene, script, ...changes)).resolves.toMatchObject({ stdout: 'tried\n' });
  });

  cannot('a session leaves by the root or the directory of a process that prepared it', async () => {
    const scene = await makeScene();
    const [secret = ''] = scene.secrets;
    const script = `
      for pid in /proc/[0-9]*; do for way in root cwd fd/7 fd/3; do
        [ ! -e "$pid/$way/$1" ] || echo "out by $pid/$way"
      done; done
      cd ..; [ ! -e "../api-token" ] || echo 'out by the parent'
      [ ! -e "/.old/$1" ] || echo 'out by the old root'; ls /.old; echo done`;
    const handle = await start(kind, scene, ['/bin/sh', '-c', script, 'sh', secret], {
      port,
      socketPath: ground.socketPath,
    });
    expect((await outcomeOf(handle)).stdout).toBe('done\n');
  });

  cannot('a session has no programs, no temporary folder, no terminal, no shared memory', async () => {
    const scene = await makeScene();
    const script = `set -e; node -e 'require("os").tmpdir(); console.log(1)'; echo x >/tmp/x; cat /tmp/x /var/tmp/x
      echo y >/dev/shm/y; echo z >/dev/null; head -c 1 /dev/urandom >z; pwd; echo h >"$HOME/h"; cat </dev/stdin
      script -qec 'test -t 1 && echo terminal' /dev/null | tr -d '\\r'; id -u`;
    const { stdout, stderr, exitCode } = await shell(kind, scene, script);
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: `1\nx\nx\n${scene.worktree}\nterminal\n${process.geteuid?.()}\n`,
      stderr: '',
      exitCode: 0,
    });
  });

  cannot('R-REPO-5: a session cannot commit, or changes anything in the repository of a person', async () => {
    const scene = await makeScene();
    const common = join(scene.repository, '.git');
    writeFileSync(join(scene.repository, 'private.txt'), 'private');
    scene.git('stash', '--include-untracked', '--quiet');
    const state = () =>
      [
        scene.git('for-each-ref'),
        scene.git('stash', 'list'),
        scene.git('config', '--list', '--local'),
        execFileSync('find', [common, '-type', 'f', '-printf', '%P %s %T@\n'], { encoding: 'utf8' }),
      ].join('\n');
    const before = state();
    const commit = 'git -c user.name=A -c user.email=a@example.org commit -q';
    const { stdout, stderr, exitCode } = await shell(
      kind,
      scene,
      `set -e; git stash list; echo own >own.txt; git add own.txt; ${commit} -m Own; git log --format=%s -1
      git status --porcelain; git config core.hooksPath .githooks; git config filter.evil.clean evil
      echo x >x; git -c user.name=A -c user.email=a@b stash -u -q; git stash pop -q >/dev/null; ls x
      echo evil >.git/hooks-post; git branch -f main HEAD; git update-ref -d refs/heads/moose/87654321-other; git gc --quiet
      for path in "$1/config" "$1/hooks/post-commit" "$1/refs/heads/main" "$1/objects/info/alternates" "$1/objects/aa/x"; do
        (mkdir -p "$(dirname "$path")" && echo evil >"$path") 2>/dev/null || true
      done; rm -rf "$1" 2>/dev/null || true`,
      common,
    );
    expect({ stdout, exitCode }, stderr).toEqual({ stdout: 'Own\nx\n', exitCode: 0 });
    expect(state()).toBe(before);
  });

  cannot('code under test writes its own verdict, where the wrapper would (R-PIPE-6)', async () => {
    const scene = await makeScene();
    const script = `directory=$(dirname "$(readlink /proc/$$/fd/1)")
      echo '{"exitCode":0,"signal":null,"startedAt":"2026-01-01T00:00:00.000Z","endedAt":"2026-01-01T00:00:01.000Z"}' >"$directory/exit.json"
      exit 1`;
    await expect(shell(kind, scene, script)).resolves.toMatchObject({ exitCode: 1 });
  });

  cannot('a session with the network of the machine sees its processes, sockets or files', async () => {
    const scene = await makeScene();
    const word = `secret-${crypto.randomUUID()}`;
    const holder = spawn('sleep', ['60'], { env: { PATH: '/usr/bin:/bin', ANTHROPIC_API_KEY: word } });
    onTestFinished(() => void holder.kill());
    const server = createServer((socket) => socket.end('reached'));
    await listen(server, 0);
    onTestFinished(() => void server.close());
    const { port: open } = server.address() as AddressInfo;
    const script = `const { readdirSync, readFileSync, existsSync } = require('node:fs');
      const [port, socket, word] = process.argv.slice(1);
      const seen = readdirSync('/proc').filter(Number).some((pid) => {
        try { return readFileSync('/proc/' + pid + '/environ', 'latin1').includes(word); } catch { return false; }
      });
      require('node:net').connect(Number(port), '127.0.0.1').on('data', (data) => console.log(String(data), seen, existsSync(socket)));`;
    const argv = [process.execPath, '-e', script, String(open), ground.socketPath, word] as const;
    const outcome = await start(kind, scene, argv, 'machine').then(outcomeOf);
    expect(outcome).toMatchObject({ stdout: 'reached false false\n' });
  });

  cannot('what a finished check left in the background lives on (R-SES-3)', async () => {
    const scene = await makeScene();
    const script = `setsid env -i /bin/sh -c 'exec <&- >&- 2>&- 9>&-; echo $$ >alive; while :; do sleep 0.05; done' &
      until [ -s alive ]; do sleep 0.01; done; touch /proc/self/comm; exit 3`;
    const handle = await start(kind, scene, ['/bin/sh', '-c', script]);
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 3 });
    await until('all of the session to be gone', () => !isAlive(handle.pid));
    const running = runningProcesses();
    expect(running.map(({ pid }) => pid)).toContain(process.pid);
    expect(running.filter(({ command }) => command.includes('echo $$ >alive; while'))).toEqual([]);
    expect(existsSync(filePath(handle.directory, 'exit'))).toBe(true);
  });
});
