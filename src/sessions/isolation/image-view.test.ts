// Runs sessions in an unpacked image, with the real namespaces and locks of this machine; needs no engine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeImageRoot } from '../images/kept-image.fixture.ts';
import { tryImage } from '../images/try-image.ts';
import { findOnPath } from '../resolve-program.ts';
import { startProcess } from '../start-process.ts';
import { imageEnvironment, ofImageOnly, programInImage, type SessionImage, showImage } from './image-view.ts';
import { isolate } from './isolate.ts';
import {
  IsolatedGround,
  listen,
  outcomeOf,
  untilGone,
  untilPrinted,
  waysOfIsolation,
} from './isolated-ground.fixture.ts';
import { enterNamespace, findWay, systemPath } from './isolation-way.ts';
import { MountPlan, readMounts } from './mount-plan.ts';
import { probeIsolation } from './probe-isolation.ts';
import { viewFor } from './session-view.ts';

const { level, reason } = await probeIsolation();
const isPossible = level === 'files';
const ways = await waysOfIsolation();

let ground: IsolatedGround;
let image: SessionImage;
let worktree: string;
beforeAll(async () => {
  ground = await IsolatedGround.create();
  image = makeImageRoot(join(ground.scratch.path, 'image'));
  worktree = join(ground.scratch.path, 'worktree');
  mkdirSync(worktree);
  mkdirSync(join(ground.scratch.path, 'other-session'));
  writeFileSync(join(ground.scratch.path, 'other-session', 'secret'), 'secret');
});
afterAll(() => ground.clear());

async function start(
  script: string,
  more: { env?: Record<string, string>; network?: 'none' | 'machine'; image?: SessionImage } = {},
) {
  const directory = ground.scratch.directory();
  const { env = {}, network = 'none', image: other = image } = more;
  const isolated = await isolate({
    argv: ['/bin/sh', '-c', script],
    cwd: worktree,
    network,
    wish: 'auto',
    env: { PATH: '/usr/bin:/bin', ...env },
    container: { image: other, machine: { PATH: '/usr/bin:/bin', GOROOT: '/usr/lib/go', CI: '1' } },
    files: async () => ({
      sessionPath: directory,
      userHome: homedir(),
      dataDirectory: ground.scratch.path,
      hidden: [],
      granted: [],
      homePath: null,
      shown: [{ path: worktree, sight: 'write' }],
    }),
  });
  return startProcess({ directory, argv: isolated.argv, env: isolated.env, cwd: worktree });
}

const run = async (...given: Parameters<typeof start>) => outcomeOf(await start(...given));

describe.skipIf(!isPossible)('in an image', () => {
  test('a session has the programs and files of the image, and writes to its worktree', async () => {
    const script = 'cat /etc/os-release /opt/own/version; echo made > made; echo "$OF_IMAGE $PATH"; exit 7';
    const { stdout, exitCode } = await run(script);
    expect(stdout).toBe('ID=image\nof the image\nyes /usr/bin:/.moose/runtime\n');
    expect(exitCode).toBe(7);
    expect(readFileSync(join(worktree, 'made'), 'utf8')).toBe('made\n');
  });

  test('fear: a session of an image with many variables is not started', async () => {
    const many = Array.from({ length: 60 }, (_, n) => [`OF_MANY_${n}`, `${n} `.repeat(2_000)] as const);
    const env = { ...image.env, ...Object.fromEntries(many) };
    const { stdout } = await run('echo "$OF_MANY_0$OF_MANY_59$OF_IMAGE"', { image: { ...image, env } });
    expect(stdout).toBe(`${env.OF_MANY_0}${env.OF_MANY_59}yes\n`);
  });
  test('R-SEC-5: an agent in an image sees nothing else of the machine: no other session, no home, no engine', async () => {
    const { stdout } = await run(`
      for path in ${join(ground.scratch.path, 'other-session', 'secret')} ${homedir()}/.ssh /var/run/docker.sock \
        /run/podman/podman.sock /run/docker.sock /etc/shadow /opt/own/link ${process.cwd()}/package.json; do
        cat "$path" > /dev/null 2>&1 && echo "seen $path"
      done
      for name in usr/bin etc opt/own var/lib root .moose/bin; do
        touch "/$name/written" 2>/dev/null && echo "wrote /$name"
      done
      echo done`);
    expect(stdout).toBe('done\n');
  });

  test('R-SEC-5: an agent in an image sees no process of the machine, and sends no signal out', async () => {
    const { stdout } = await run(
      `kill -0 ${process.pid} 2>/dev/null && echo alive; cat /proc/[0-9]*/comm; cat /proc/${process.pid}/environ`,
    );
    expect(stdout.trim().split('\n')).not.toContain('alive');
    expect(stdout).not.toContain('PATH=');
    expect(stdout.trim().split('\n').length).toBeLessThan(8);
  });

  test('R-SEC-6: an agent in an image reaches no port of the machine', async () => {
    const server = createServer((_, response) => response.end('reached'));
    await listen(server, 0);
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const script = `node -e "fetch('http://127.0.0.1:${port}').then((a) => a.text()).then(console.log, () => console.log('refused'))"`;
    const { stdout } = await run(script);
    server.close();
    expect(stdout).toBe('refused\n');
  });

  test('R-SES-3: everything that it started ends with it', async () => {
    const handle = await start('(sleep 1000 &) ; (sleep 1000 &) ; echo begun');
    await untilPrinted(handle);
    await untilGone(handle);
    expect((await outcomeOf(handle)).exitCode).toBe(0);
  });

  test('files that it makes belong to the user of Moose', async () => {
    await run('mkdir -p deep/er && touch deep/er/file');
    const owner = execFileSync('stat', ['-c', '%u', join(worktree, 'deep/er/file')], { encoding: 'utf8' });
    expect(Number(owner)).toBe(process.geteuid?.());
  });

  test('fear: a link of the image leads a mount out of the root', async () => {
    const evil = makeImageRoot(join(ground.scratch.path, 'evil'));
    const outside = join(ground.scratch.path, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(evil.rootPath, 'var/tmp'));
    symlinkSync(outside, join(evil.rootPath, 'run'));
    symlinkSync(outside, join(evil.rootPath, '.moose'));
    expect(await tryImage(evil)).toBeNull();
    expect(execFileSync('ls', ['-A', outside], { encoding: 'utf8' })).toBe('');
  });

  test('fear: a variable of the image reaches the programs that isolate the session (R-SEC-5)', async () => {
    const outside = join(ground.scratch.path, 'told');
    mkdirSync(outside);
    // With these variables, the loader of each program that starts writes a file into this folder.
    const env = { ...image.env, LD_DEBUG: 'files', LD_DEBUG_OUTPUT: join(outside, 'by') };
    const given = { OF_PROJECT: 'given', OF_IMAGE: 'of the project' };
    const { stdout } = await run('echo "$LD_DEBUG $OF_IMAGE $OF_PROJECT"', {
      image: { ...image, env },
      env: given,
    });
    expect(readdirSync(outside)).toEqual([]);
    // Inside the session, the folder does not exist, so the loader prints its output instead.
    expect(stdout.split('\n')).toContain('files of the project given');
  });

  test('an image without a shell is told before anything is paid', async () => {
    const rootPath = join(ground.scratch.path, 'empty');
    mkdirSync(join(rootPath, 'etc'), { recursive: true });
    expect(await tryImage({ name: 'empty', rootPath, env: {} })).toContain('no /bin/sh');
  });
});

describe.each(ways)('$title', ({ kind, isPossible: isKindPossible }) => {
  test.skipIf(!isKindPossible || !isPossible)(
    'the locks hold and the exit code is the program’s own',
    async () => {
      const way = findWay(kind);
      if ('missing' in way) throw new Error(way.missing);
      const sessionPath = ground.scratch.directory();
      mkdirSync(sessionPath);
      const [argv, env, cwd] = [['/bin/sh', '-c', 'id -u; exit 3'] as const, { PATH: '/usr/bin' }, worktree];
      const view = viewFor({
        sessionPath,
        argv,
        env,
        cwd,
        image,
        searchPath: systemPath,
        isUser: kind === 'user',
        userHome: homedir(),
        dataDirectory: ground.scratch.path,
        hidden: [],
        granted: [],
        shown: [{ path: worktree, sight: 'write' }],
      });
      const handle = await ground.scratch.start(
        enterNamespace(way, { argv, cwd, network: 'none', view }),
        env,
      );
      expect(await outcomeOf(handle)).toMatchObject({
        exitCode: 3,
        stdout: `${process.geteuid?.()}\n`,
        stderr: '',
      });
    },
  );
});

test('without isolation, what a project wants in an image is not started outside of it', async () => {
  const files = () => Promise.reject(new Error('not asked'));
  const asked = { argv: ['/bin/sh'] as const, env: {}, cwd: '/', network: 'none', files } as const;
  const refused = { code: 'CONTAINER_NEEDS_ISOLATION', advice: expect.stringContaining('--image none') };
  await expect(isolate({ ...asked, wish: 'off', container: { image, machine: {} } })).rejects.toMatchObject(
    refused,
  );
});

test('variables of the machine give way to those of the image, and those of the project stay', () => {
  const env = {
    PATH: '/m',
    GOROOT: '/usr/go',
    LANG: 'C',
    DATABASE: '/given',
    TOKEN: 't',
    NODE_EXTRA_CA_CERTS: '/ca',
  };
  const machine = { PATH: '/m', GOROOT: '/usr/go', LANG: 'C', NODE_EXTRA_CA_CERTS: '/ca' };
  const ofImage = {
    name: 'i',
    rootPath: '/',
    // Moose finds the processes of a session by Moose's own variables.
    env: { PATH: '/i', LANG: 'de', DATABASE: '/image', HOME: '/image', MOOSE_SESSION: 'another' },
  };
  expect(imageEnvironment(env, ofImage, { machine, userHome: '/users/me' })).toEqual({
    PATH: '/i:/.moose/runtime',
    LANG: 'de',
    DATABASE: '/given',
    TOKEN: 't',
    NODE_EXTRA_CA_CERTS: '/ca',
  });
});

test('only what the image sets is set inside, where it affects nothing but the program', () => {
  const env = { PATH: '/i', OWN: '1', T: 'x', PERL5OPT: '-Mevil' };
  expect(ofImageOnly(env, { ...image, env: { OWN: '1', PERL5OPT: '-Mevil' } })).toEqual({
    inside: { PATH: '/i', OWN: '1', PERL5OPT: '-Mevil' },
    outside: { T: 'x' },
  });
});

test('a program of a system folder is the image’s, and a Node package the machine’s', () => {
  expect(programInImage(['/bin/sh', '-c', '/bin/ls'], '/').argv).toEqual(['/bin/sh', '-c', '/bin/ls']);
  const script = join(process.cwd(), 'node_modules/vitest/vitest.mjs');
  const { argv, shown } = programInImage([process.execPath, script, 'run'], '/worktree');
  expect(argv).toEqual(['/.moose/runtime/node', script, 'run']);
  expect(shown).toEqual([join(process.cwd(), 'node_modules')]);
});

test('fear: ldd fails once on a busy machine, and no session in an image starts from then on', () => {
  const tools = join(ground.scratch.path, 'tools');
  const isCalm = join(tools, 'calm');
  mkdirSync(tools);
  const ldd = findOnPath('ldd', systemPath, '/');
  const script = `[ -e ${isCalm} ] || { echo 'ldd: fork: Resource temporarily unavailable' >&2; exit 254; }`;
  writeFileSync(join(tools, 'ldd'), `#!/bin/sh\n${script}\nPATH=${systemPath} exec ${ldd} "$@"\n`, {
    mode: 0o755,
  });
  const shown = () => {
    const plan = new MountPlan(ground.scratch.path, readMounts(), join(ground.scratch.path, 'empty'));
    showImage(plan, image, { targets: [], searchPath: tools });
    return plan.text();
  };
  expect(shown).toThrow(
    expect.objectContaining({
      code: 'CONTAINER_TOOLS_UNREAD',
      category: 'transient',
      message: expect.stringContaining('Resource temporarily unavailable'),
    }),
  );
  writeFileSync(isCalm, '');
  expect(shown()).toContain('/.moose/runtime/node');
});

test('whether this machine can do all of this', () => {
  expect(isPossible ? 'files' : reason).toBeTruthy();
});
