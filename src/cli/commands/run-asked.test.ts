import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { printedDocuments, type WorkOrder, type WorkOrderRecord } from '../../contract/contract.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { moose } from './run-command.fixture.ts';

const shared = sharedDatabase();

const flags = [
  ...['--may-change-tests', '--needs-test', '--may-skip', 'opens a window', '--may-skip', 'prints'],
  ...['--removes', 'src/legacy', '--may-change', 'tsconfig.json'],
];
const asked = {
  tests: 'may_change',
  needs_test: true,
  skips: ['opens a window', 'prints'],
  removes: ['src/legacy'],
  configuration: ['tsconfig.json'],
};
const inWords =
  'tests may demand less; needs a test that fails without it; may skip opens a window, prints; removes src/legacy; may change tsconfig.json';

async function submitted(...more: string[]) {
  const { path } = scratchRepository();
  const { document } = await moose(shared(), 'run', 'Tidy', '--repo', path, '--needs-approval', ...more);
  return moose(shared(), 'show', (document as WorkOrder).id);
}

test('R-GREEN-17: what a task allows to change is given with flags, and shown', async () => {
  const { document, text } = await submitted(...flags);
  expect((document as WorkOrderRecord).asked).toEqual(asked);
  expect(text).toContain(`asked          ${inWords}`);
});

test('R-GREEN-17: without flags, the task allows nothing, whatever its words say', async () => {
  const { document, text } = await submitted('--description', 'Skip the test "prints".');
  expect((document as WorkOrderRecord).asked).toBeNull();
  expect(text).not.toMatch(/^asked /m);
});

test('R-GREEN-17: what cannot be asked for is refused', async () => {
  await expect(submitted('--may-skip', ' ')).rejects.toMatchObject({
    code: 'ASKED_INVALID',
    advice: expect.stringContaining('--may-skip'),
  });
});

test('R-GREEN-17: the work orders of a schedule have what its task allows, until it is changed', async () => {
  const { path } = scratchRepository();
  const run = (...args: string[]) => moose(shared(), 'schedule', ...args);
  const when = ['--cron', '@daily', '--time-zone', 'UTC', '--repo', path, '--limit', '1'];
  const added = await run('add', 'nightly', 'Tidy', ...when, ...flags);
  expect(added.document).toMatchObject({ schedule: { asked } });
  expect(added.text).toContain(`asked        ${inWords}`);
  await run('run', 'nightly');
  const [order] = (await moose(shared(), 'ls')).document as WorkOrder[];
  expect((await moose(shared(), 'show', order?.id ?? '')).document).toMatchObject({ asked });
  const kept = await run('change', 'nightly', '--title', 'Tidy up');
  expect(kept.document).toMatchObject({ schedule: { asked } });
  const less = await run('change', 'nightly', '--may-skip', 'prints', '--no-needs-test');
  expect(printedDocuments['schedule change'].parse(less.document)).toEqual(less.document);
  expect(less.document).toMatchObject({
    schedule: { asked: { tests: 'keep', needs_test: false, skips: ['prints'], removes: [] } },
  });
  expect(less.text).toContain('asked "tests may demand less, needs a test');
  const none = await run('change', 'nightly', '--may-skip', 'none');
  expect(none.document).toMatchObject({ schedule: { asked: null } });
});
