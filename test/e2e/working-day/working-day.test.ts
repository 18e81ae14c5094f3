// A working day on a forge: see `working-day.fixture.ts`. `npm run test:long` has 40 work orders on each forge.
import { expect, test } from 'vitest';
import { lacksGitea } from '../../forges/gitea.fixture.ts';
import type { DayForge } from './day-forge.fixture.ts';
import { dayOnDouble } from './day-on-double.fixture.ts';
import { dayOnGitea } from './day-on-gitea.fixture.ts';
import { dayMs, ordersMax, seed, workADay } from './working-day.fixture.ts';

test.for<[string, () => Promise<DayForge>]>([
  ['the double of GitHub', dayOnDouble],
  ['a real Gitea', dayOnGitea],
])(
  `R-SEN-3, R-SEN-4, R-SEN-8: people change the ground of ${ordersMax} work orders at random on %s (seed ${seed})`,
  { timeout: dayMs },
  async ([, start], { skip, onTestFinished }) => {
    skip(start === dayOnGitea && lacksGitea);
    const forge = await start();
    onTestFinished(() => forge.stop());
    expect(await workADay(forge)).toEqual([]);
  },
);
