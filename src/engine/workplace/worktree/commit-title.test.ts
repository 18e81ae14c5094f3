import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { atStep } from '../../pipeline/scratch-pipeline.fixture.ts';

const shared = sharedDatabase();

const acting = 'Tidy [skip ci] ***NO_CI*** [actions skip], closes #12, for @acme/team';

async function subjectOf(change: (order: WorkOrder) => Partial<WorkOrder>): Promise<string> {
  const at = await atStep(shared(), 'applying');
  const { order } = at.work;
  at.work.order = { ...order, title: acting, ...change(order) };
  expect(await applying(at.work)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  return at.repository.git('log', '-1', '--format=%s', at.routed.branch).trim();
}

test.each<[string, (order: WorkOrder) => Partial<WorkOrder>]>([
  ['a sub-task', ({ id }) => ({ parentId: id })],
  ['what goes on with a sub-task', ({ settings }) => ({ settings: { ...settings, of_subtask: true } })],
])(
  'R-AGENT-4: fear: the title that an agent has given to %s skips the checks of its commit, closes issues and calls people',
  async (_, change) => {
    const subject = await subjectOf(change);
    for (const act of ['[skip ci]', '***NO_CI***', '[actions skip]', 'closes #12', '@acme'])
      expect(subject).not.toContain(act);
    expect(subject.replaceAll('\u200c', '')).toBe(acting);
  },
);

test('the title that a person has given stays as it is in the commit', async () => {
  expect(await subjectOf(() => ({}))).toBe(acting);
});
