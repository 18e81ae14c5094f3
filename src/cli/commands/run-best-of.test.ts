import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { WorkOrder, WorkOrderRecord } from '../../contract/contract.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { moose } from './run-command.fixture.ts';

const shared = sharedDatabase();

test('candidates are submitted, listed and shown together', async () => {
  const { path } = scratchRepository();
  const submitted = await moose(
    shared(),
    ...['run', 'Fix it', '--repo', path, '--best-of', '3', '--limit', '6', '--needs-approval'],
  );
  expect(submitted.text).toContain('Fix it (candidate 1 of 3)');
  const { id } = submitted.document as WorkOrder;
  const shown = await moose(shared(), 'show', id);
  const { candidates } = shown.document as WorkOrderRecord;
  expect(candidates).toMatchObject({ outcome: null, limit_usd: 6 });
  expect(candidates?.items.map(({ number, is_kept }) => [number, is_kept])).toEqual(
    [1, 2, 3].map((n) => [n, null]),
  );
  expect(shown.text).toMatch(/1 \(this\) .*pending/);
  expect(shown.text).toContain('Not decided yet. Together they may cost at most $6.00.');
  const listed = (await moose(shared(), 'ls')).document as WorkOrder[];
  expect(listed.map(({ candidate }) => candidate?.number).toSorted()).toEqual([1, 2, 3]);
});

test.each([
  [['--best-of', '1'], 'CANDIDATES_INVALID'],
  [['--agent', 'a', '--agent', 'b'], 'OPTION_REPEATED'],
])('%j is refused with %s', async (flags, code) => {
  const { path } = scratchRepository();
  await expect(moose(shared(), 'run', 'Fix it', '--repo', path, ...flags)).rejects.toMatchObject({ code });
});
