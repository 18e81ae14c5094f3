// Data, worktrees and programs may lie anywhere: a session works there, or the machine says at the start why it cannot.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../start-process.ts';
import { IsolatedGround, outcomeOf, waysOfIsolation } from './isolated-ground.fixture.ts';
import { enterNamespace, findWay, type IsolationKind } from './isolation-way.ts';
import { viewFor } from './session-view.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

/** The kernel lets anything be mounted there without hiding what it shows. */
const belowProc = '/proc/sys/fs/binfmt_misc';

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** A folder below `parent`, which is made if it is missing; null if this user may not. */
function placeBelow(parent: string): string | null {
  const above = existsSync(parent) ? null : parent;
  try {
    mkdirSync(parent, { recursive: true });
    const made = mkdtempSync(join(parent, 'moose-place-'));
    onTestFinished(() => rmSync(above ?? made, { recursive: true, force: true }));
    chmodSync(made, 0o755);
    return made;
  } catch {
    return null;
  }
}

interface Places {
  data: string;
  program: string;
  userHome?: string;
  /** Something that happens on the machine before the session begins. */
  meanwhile?: () => void;
}

/** Runs a program with a session, a worktree and a home below these data, as the pipeline does. */
async function work(
  kind: IsolationKind,
  { data, program, userHome = '/nobody', meanwhile = () => undefined }: Places,
) {
  const way = findWay(kind);
  if ('missing' in way) throw new Error(`${way.missing} is missing`);
  const sessionPath = join(data, 'sessions', 'one');
  const [worktree, home] = [join(data, 'worktrees', 'one'), join(data, 'homes', 'one')];
  for (const path of [sessionPath, worktree, home, dirname(program)]) mkdirSync(path, { recursive: true });
  writeFileSync(join(data, 'secret'), '');
  writeFileSync(
    program,
    '#!/bin/sh\npwd -P; echo x >file; echo x >"$1/file"; echo x >/tmp/file; echo x >/var/tmp/file; test -e "$2" && echo seen; exit 0\n',
    { mode: 0o755 },
  );
  const argv = [program, home, join(data, 'secret')] as const;
  const view = viewFor({
    sessionPath,
    argv,
    env,
    cwd: worktree,
    userHome,
    dataDirectory: data,
    hidden: [userHome],
    granted: [],
    shown: [worktree, home].map((path) => ({ path, sight: 'write' as const })),
  });
  const entered = enterNamespace(way, { argv: [...argv], cwd: worktree, network: 'none', view });
  meanwhile();
  const handle = await startProcess({ directory: sessionPath, argv: entered, env, cwd: worktree });
  return { outcome: await outcomeOf(handle), worktree, home };
}

const right = (worktree: string) => ({ exitCode: 0, stderr: '', stdout: `${worktree}\n` });

describe.each(await waysOfIsolation())('places, $title (R-SEC-5)', ({ kind, isPossible }) => {
  const can = test.skipIf(!isPossible);

  can.each([
    ...[
      '/tmp',
      '/var/tmp',
      '/dev/shm',
      '/opt',
      '/srv',
      '/mnt',
      join('/home', 'moose-other'),
      '/root',
      '/var/lib',
      '/usr/local',
    ],
    ...['/run', '/var/cache', '/moose-at-the-root', '/var/tmp/deep/er', '/usr/share', '/media', '/var/run'],
  ])('fear: no session begins where data and program are below %s', async (parent) => {
    const place = placeBelow(parent);
    if (place === null) return;
    const { outcome, worktree, home } = await work(kind, {
      data: join(place, 'data'),
      program: join(place, 'agent', 'program'),
    });
    expect({ ...outcome, stdout: `${realpathSync(outcome.stdout.trim())}\n` }).toMatchObject(
      right(realpathSync(worktree)),
    );
    expect(existsSync(join(worktree, 'file')) && existsSync(join(home, 'file'))).toBe(true);
  });

  can.each([
    ['a space', 'a b'],
    ['quotes', `it's "so"`],
    ['a new line', 'a\nb'],
    ['a tab', 'a\tb'],
    ['signs of a shell', '$(x) `y` ;&|*?[]{}~'],
    ['a backslash', 'a\\040b'],
    ['a comma and a colon', 'a,b:c'],
    ['a comment', '#a #b'],
    ['letters of other languages', 'Müse-木-🫎'],
    ['the other normal form', 'Mu\u0308se'],
    ['a dash', '-rf'],
    ['a letter that is a space elsewhere', 'a\u00a0b'],
  ])('fear: no session begins where a path has %s', async (_, name) => {
    const place = placeBelow(ground.scratch.path) ?? '';
    const [data, program] = [join(place, name, 'data'), join(place, name, 'agent', 'program')];
    const { outcome, worktree } = await work(kind, { data, program });
    expect(outcome).toMatchObject(right(worktree));
  });

  can('fear: no session begins where the data directory is a link', async () => {
    const place = placeBelow('/var/tmp') ?? '';
    mkdirSync(join(place, 'real'));
    symlinkSync(join(place, 'real'), join(place, 'data'));
    const { outcome, worktree } = await work(kind, {
      data: join(place, 'data'),
      program: join(place, 'real-agent', 'program'),
    });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(existsSync(join(worktree, 'file'))).toBe(true);
  });

  can.each(['/var/tmp', '/dev/shm', '/opt', '/tmp'])(
    'fear: no session begins where the home, with data and program, is below %s',
    async (parent) => {
      const home = placeBelow(parent);
      if (home === null) return;
      const { outcome, worktree } = await work(kind, {
        data: join(home, '.local/share/moose'),
        program: join(home, '.local/bin/program'),
        userHome: home,
      });
      expect(outcome).toMatchObject(right(worktree));
    },
  );

  test.skipIf(!isPossible || process.geteuid?.() !== 0)(
    'fear: no session begins where the data are a disk of their own',
    async () => {
      const place = placeBelow('/mnt') ?? '';
      const inner = join(place, 'disk');
      mkdirSync(inner);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'nosuid,nodev,noatime', 'tmpfs', inner]);
      try {
        const data = join(inner, 'data');
        const { outcome, worktree } = await work(kind, { data, program: join(place, 'agent', 'program') });
        expect(outcome).toMatchObject(right(worktree));
      } finally {
        execFileSync('umount', ['-l', inner]);
      }
    },
  );

  test.skipIf(!isPossible || process.geteuid?.() !== 0 || !existsSync(belowProc))(
    'fear: no session begins where something is mounted below /proc, as systemd does',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', belowProc]);
      try {
        const place = placeBelow('/var/tmp') ?? '';
        const { outcome, worktree } = await work(kind, {
          data: join(place, 'data'),
          program: join(place, 'agent', 'program'),
        });
        expect(outcome).toMatchObject(right(worktree));
      } finally {
        execFileSync('umount', ['-l', belowProc]);
      }
    },
  );

  test.skipIf(!isPossible || process.geteuid?.() !== 0)(
    'fear: no session begins if a disk is unmounted at that moment',
    async () => {
      const place = placeBelow('/opt') ?? '';
      const disk = join(place, 'a disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk]);
      const meanwhile = () => execFileSync('umount', [disk]);
      const { outcome, worktree } = await work(kind, {
        data: join(place, 'data'),
        program: join(place, 'agent', 'program'),
        meanwhile,
      });
      expect(outcome).toMatchObject(right(worktree));
    },
  );
});
