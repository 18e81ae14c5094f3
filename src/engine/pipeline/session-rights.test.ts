import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { endSession } from '../../sessions/end-session.ts';
import { keepsModes } from '../../sessions/isolation/kernel-locks.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import { clearSessionRights, noteWritten } from '../../sessions/session-rights.ts';
import { startProcess } from '../../sessions/start-process.ts';
import { watchProcess } from '../../sessions/watch-process.ts';
import { supervise } from '../workplace/sessions/supervise.ts';
import { ensureWorktreePlace } from '../workplace/worktree/worktree-place.ts';
import { atStep } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();

/** Leaves a program with its owner's rights everywhere it can write. The first one proves that it ran. */
const plant = `
set -u
echo ran > "$OWN/ran"
objects=$(git rev-parse --git-common-dir)/objects; mkdir -p "$objects/aa" "$OWN/deep/er" "$HOME/bin"
for place in . "$objects/aa" "$objects/../hooks" "$HOME/bin" "$OWN/deep/er" "$OWN/tmp"; do
  mkdir -p "$place" && cp /bin/true "$place/planted" && chmod 4755 "$place/planted"
  cp /bin/true "$place/group" && chmod g+s "$place/group"
  install -m 6755 /bin/true "$place/installed"
done 2>/dev/null
true`;

function planted(...folders: string[]): string[] {
  const there = folders.filter((folder) => existsSync(folder));
  const found = execFileSync('find', [...there, '-ignore_readdir_race', '-type', 'f', '-perm', '/6000'], {
    encoding: 'utf8',
  });
  return found.split('\n').filter(Boolean);
}

test.each(['off', 'auto'] as const)(
  'R-SEC-5: fear: a program with the rights of Moose’s user outlives its session (isolation: %s)',
  async (isolation) => {
    const at = await atStep(shared(), 'applying', { settings: { isolation } });
    const { work } = at;
    const { worktreePath } = await ensureWorktreePlace(work, at.routed, at.routed.baseSha);
    const home = join(work.settings.dataDirectory, 'homes', work.order.id.slice(-8), 'checks');
    let own = '';
    const { session, end } = await supervise(work, {
      purpose: 'check',
      name: 'test',
      attempt: 1,
      cwd: worktreePath,
      wallClockMs: 30_000,
      network: 'none',
      prepare: async ({ directory }) => {
        own = join(directory, 'own');
        return {
          argv: ['/bin/sh', '-c', `mkdir -p "$OWN"; ${plant}`],
          env: { PATH: process.env.PATH ?? '', HOME: home, OWN: own },
        };
      },
    });
    expect(end).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(own, 'ran'))).toBe(true);
    expect(planted(work.settings.dataDirectory, work.project.repositoryPath, session.directory)).toEqual([]);
  },
);

test.skipIf(!keepsModes((await probeIsolation()).way?.locks ?? null)).each([
  ['no', {}, 1],
  ['no, after a person has taken it back', { user_namespaces: false }, 1],
  ['yes', { user_namespaces: true }, 0],
])('R-SEC-5: sessions make user namespaces: %s', async (_, settings, exitCode) => {
  const at = await atStep(shared(), 'applying', { settings: { isolation: 'auto' } });
  Object.assign(at.work.project.settings, settings);
  const { worktreePath } = await ensureWorktreePlace(at.work, at.routed, at.routed.baseSha);
  const { end } = await supervise(at.work, {
    purpose: 'check',
    name: 'test',
    attempt: 1,
    cwd: worktreePath,
    wallClockMs: 30_000,
    network: 'none',
    prepare: async () => ({
      argv: ['unshare', '--user', '/bin/true'],
      env: { PATH: process.env.PATH ?? '' },
    }),
  });
  expect(end).toMatchObject({ exitCode, reason: null });
});

test('R-SEC-5: fear: Moose dies, and the next one leaves the program where it is', async () => {
  const { work } = await atStep(shared(), 'applying', { settings: { isolation: 'off' } });
  const folder = join(work.settings.dataDirectory, 'left');
  const directory = join(work.settings.dataDirectory, 'sessions', crypto.randomUUID());
  await noteWritten(directory, [folder, join(folder, 'none')]);
  const script = 'mkdir -p "$1" && cp /bin/true "$1/planted" && chmod 4755 "$1/planted"';
  const argv = ['/bin/sh', '-c', script, 'sh', folder] as const;
  const handle = await startProcess({ directory, argv: [...argv], env: { PATH: '/usr/bin:/bin' }, cwd: '/' });
  await watchProcess(handle, { wallClockMs: 10_000 });
  expect(planted(folder)).toHaveLength(1);
  await endSession({ directory, host: handle.host, handle } as never, { endReason: 'lost', graceMs: 1_000 });
  expect(planted(folder)).toEqual([]);
  await expect(clearSessionRights(directory)).resolves.toBeUndefined();
});
