import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { endViewer, listViewers, viewerCommand } from '../../sessions/viewer.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import { supervise } from '../workplace/sessions/supervise.ts';
import { ensureWorktreePlace } from '../workplace/worktree/worktree-place.ts';
import { atStep } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();

test.skipIf(viewerCommand('/data') === null).each([
  ['agent', 'tmux'],
  ['agent', 'none'],
  ['check', 'tmux'],
] as const)(
  'R-SES-1: the row of a running session names its tmux session: %s, %s',
  async (purpose, viewers) => {
    const at = await atStep(shared(), 'applying', { settings: { viewers } });
    const { work } = at;
    const { worktreePath } = await ensureWorktreePlace(work, at.routed, at.routed.baseSha);
    const { dataDirectory } = work.settings;
    let during: string[] | null = null;
    const { session } = await supervise(work, {
      purpose,
      name: 'one',
      attempt: 1,
      cwd: worktreePath,
      wallClockMs: 30_000,
      network: 'none',
      prepare: async () => ({
        argv: ['sh', '-c', 'until [ -e seen ]; do sleep 0.02; done'],
        env: { PATH: process.env.PATH ?? '' },
      }),
      onStart: async () => {
        during = await listViewers(dataDirectory);
        await writeFile(join(worktreePath, 'seen'), '');
      },
    });
    onTestFinished(async () => {
      for (const name of (await listViewers(dataDirectory)) ?? []) await endViewer(dataDirectory, name);
    });
    const [row] = await sessionsOf(work.database.query, work.order.id);
    const isViewed = purpose === 'agent' && viewers === 'tmux';
    expect(row).toMatchObject({ id: session.id, viewer: isViewed ? expect.stringMatching(/^moose-/) : null });
    expect(during).toEqual(isViewed ? [row?.viewer] : []);
  },
);
