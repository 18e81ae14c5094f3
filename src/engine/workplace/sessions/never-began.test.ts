import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { atStep } from '../../pipeline/scratch-pipeline.fixture.ts';
import { ensureWorktreePlace } from '../worktree/worktree-place.ts';
import { supervise } from './supervise.ts';

const shared = sharedDatabase();
const { level } = await probeIsolation();

test.skipIf(level !== 'files').each(['agent', 'check', 'service'] as const)(
  'R-SEC-5: fear: isolation that cannot be set up is blamed on the %s, and paid for again',
  async (purpose) => {
    // In the process table of a session there is no such process to mount something on.
    const grantedPaths = [{ path: `/proc/${process.pid}/status`, sight: 'read' as const }];
    const at = await atStep(shared(), 'applying', { settings: { isolation: 'auto', grantedPaths } });
    const { work } = at;
    const { worktreePath } = await ensureWorktreePlace(work, at.routed, at.routed.baseSha);
    const asked = {
      purpose,
      name: 'scripted',
      attempt: 1,
      cwd: worktreePath,
      wallClockMs: 30_000,
      network: 'none',
      prepare: async () => ({ argv: ['/bin/echo', 'ran'], env: { PATH: '/usr/bin:/bin' } }),
    } as const;
    const refused = {
      code: 'ISOLATION_FAILED',
      category: 'configuration',
      message: expect.stringMatching(
        /could not be set up\. The path \/.* cannot be shown: No such file or directory\.$/,
      ),
      advice: expect.stringContaining('`moose doctor`'),
    };
    await expect(
      supervise(work, { ...asked, prepare: async () => ({ argv: ['/bin/echo'], env: {} }) }),
    ).rejects.toMatchObject(refused);
    // A Moose that dies in between finds the session ended.
    await expect(
      supervise(work, { ...asked, prepare: async () => ({ argv: ['/bin/echo'], env: {} }) }),
    ).rejects.toMatchObject(refused);
    expect(await sessionsOf(work.database.query, work.order.id)).toMatchObject([
      { state: 'exited', exitCode: 44 },
    ]);
  },
);
