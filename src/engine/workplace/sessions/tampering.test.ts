// A session changes its repository's git settings on a machine that cannot prevent it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { openAlertKeys } from '../../../store/failures/alerts.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { supervise } from './supervise.ts';

const shared = sharedDatabase();

/** Runs the script in a session without isolation. */
async function after(script: string) {
  const { path } = scratchRepository();
  gitIn(path, 'remote', 'add', 'origin', '/srv/ours.git');
  const given = { step: 'verifying', dataDirectory: scratchDirectory(), repositoryPath: path } as const;
  const work = await scratchWork(shared(), given);
  const ended = await supervise(work, {
    ...({ purpose: 'check', name: '1-test', attempt: 1, network: 'none', wallClockMs: 60_000 } as const),
    cwd: path,
    prepare: async () => ({ argv: ['sh', '-ec', script], env: { PATH: process.env.PATH ?? '' } }),
  }).catch((cause: unknown) => cause);
  const events = await eventsOf(work.database.query, work.order.id);
  const told = events.find(({ kind }) => kind === 'git_settings.changed')?.detail as
    | { changed: string[] }
    | undefined;
  return { ended, told: told?.changed ?? [], work, path };
}

test.each([
  ['a filter', 'git config filter.evil.clean ./evil', ['filter.evil.clean']],
  ['the program that git reaches a remote with', 'git config core.sshCommand ./evil', ['core.sshcommand']],
  ['the folder of hooks', 'git config core.hooksPath .evil', ['core.hookspath']],
  ['another file of settings', 'git config include.path ../evil', ['include.path']],
  ['attributes', "echo '* filter=lfs' >.git/info/attributes", ['info/attributes']],
  ['a hook', 'mkdir -p .git/hooks; echo evil >.git/hooks/post-checkout', ['hooks/post-checkout']],
  ['a file that git cannot read', 'echo "[" >>.git/config', [expect.stringContaining('unreadable')]],
])(
  'fear: %s that a session leaves behind is run by the user, who was never told (R-SEC-5)',
  async (_, script, changed) => {
    const { told, work } = await after(script);
    expect(told).toEqual(expect.arrayContaining(changed));
    expect(await openAlertKeys(work.database.query, 'git-settings:')).toContain(
      `git-settings:${work.project.id}`,
    );
  },
);

test('fear: a session changes the remote, and the work is pushed elsewhere (R-SEC-7)', async () => {
  for (const script of [
    'git remote set-url origin /srv/theirs.git',
    'git remote set-url --push origin /srv/theirs.git',
    'git config url./srv/theirs.git.insteadOf /srv/ours.git',
  ]) {
    const { ended, told } = await after(script);
    expect(ended).toMatchObject({ code: 'REMOTE_MOVED_BY_SESSION', category: 'permanent' });
    expect(told).toHaveLength(1);
  }
});

test('what an ordinary session does is not a change of settings, and leaves nothing to compare', async () => {
  const commit = 'git -c user.name=A -c user.email=a@example.org commit --quiet --allow-empty -m Own';
  const { ended, told, work } = await after(
    `${commit}; git branch other; git config branch.other.remote origin; git fetch . >/dev/null 2>&1`,
  );
  expect(ended).toMatchObject({ end: { exitCode: 0 } });
  expect(told).toEqual([]);
  const [session] = readdirSync(join(work.settings.dataDirectory, 'sessions'));
  expect(readdirSync(join(work.settings.dataDirectory, 'sessions', session ?? ''))).not.toContain(
    'git-settings.json',
  );
});
