import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { WorkOrder, WorkOrderRecord } from '../../contract/contract.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { moose } from './run-command.fixture.ts';

const shared = sharedDatabase();

test('the changes of a joint change are submitted, listed and shown together', async () => {
  const [server, client] = [scratchRepository(), scratchRepository()];
  const submitted = await moose(
    shared(),
    ...[
      'run',
      'Add the tax',
      '--repo',
      server.path,
      '--also-in',
      client.path,
      '--limit',
      '6',
      '--needs-approval',
    ],
  );
  expect(submitted.text).toContain('Add the tax (change 1 of 2)');
  const { id } = submitted.document as WorkOrder;
  const shown = await moose(shared(), 'show', id);
  const { joint_change: joint, candidates } = shown.document as WorkOrderRecord;
  expect(candidates).toBeNull();
  expect(joint).toMatchObject({ outcome: null, limit_usd: 6 });
  expect(joint?.items.map(({ number, waits_for }) => [number, waits_for])).toEqual([
    [1, []],
    [2, [1]],
  ]);
  expect(shown.text).toMatch(/1 \(this\) .*pending/);
  expect(shown.text).toContain('Nothing is published before all have passed, together at most $6.00.');
  const listed = (await moose(shared(), 'ls')).document as WorkOrder[];
  expect(listed.map((one) => one.joint?.number).toSorted()).toEqual([1, 2]);
});

test.each([
  [['--also-in', 'no-such-project'], 'PROJECT_NOT_FOUND'],
  [['--best-of', '2', '--also-in', '.'], 'JOINT_CHANGE_INVALID'],
])('%j is refused with %s', async (flags, code) => {
  const { path } = scratchRepository();
  await expect(moose(shared(), 'run', 'Fix it', '--repo', path, ...flags)).rejects.toMatchObject({ code });
});
