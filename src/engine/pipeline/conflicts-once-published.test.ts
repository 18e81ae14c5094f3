// The base branch moves under a change that is published already. Git is real; the test decides what the forge answers.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { listedByIds } from '../../store/work/work-orders/work-order-lists.ts';
import { checkOf, look } from '../sentinel/next/followed.fixture.ts';
import { viewWorkOrders } from '../views/work-order/work-order-view.ts';
import { published } from './published.fixture.ts';

const shared = sharedDatabase();
const green = { verdict: 'green' as const, checks: [checkOf('build', 'passed')], missing: [] };

test('R-UI-6: fear: a published change conflicts with what came into its base branch, and Moose says to merge it', async () => {
  const at = await published(shared());
  const { database, work, repository, url } = at;
  const view = async () => {
    const orders = await listedByIds(database.query, [work.order.id]);
    return (await viewWorkOrders(database, orders, new Date()))[0];
  };
  at.said.report = green;
  await look(database, work.forge, { merge: 'never' });
  expect(await view()).toMatchObject({
    stage: 'ready_to_merge',
    needs_you: true,
    mergeability: { is_possible: true, why_not: null },
    explain: expect.stringContaining('merge it with `moose merge'),
  });
  at.moveBase({ 'made.txt': 'theirs\n' });
  await look(database, work.forge, { merge: 'never' });
  const found = await view();
  expect(found).toMatchObject({
    status: 'completed',
    stage: 'needs_you',
    needs_you: true,
    mergeability: { is_possible: false, why_not: 'It conflicts with main in made.txt.' },
  });
  expect(found?.explain).toContain('not merged: It conflicts with main in made.txt.');
  expect(found?.explain).not.toContain('`moose merge');
  repository.git('checkout', '--quiet', 'others');
  repository.git('rm', '--quiet', 'made.txt');
  repository.commit({ 'other.txt': 'theirs\n' });
  repository.git('push', '--quiet', url, 'others:refs/heads/main');
  repository.git('checkout', '--quiet', 'main');
  await look(database, work.forge, { merge: 'never' });
  expect(await view()).toMatchObject({ stage: 'ready_to_merge', mergeability: { is_possible: true } });
});
