import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { WorkOrder, WorkOrderRecord } from '../../contract/contract.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { moose } from './run-command.fixture.ts';

const shared = sharedDatabase();

test('R-AGENT-2: a command is submitted without any model, and shown', async () => {
  const { path } = scratchRepository();
  const submitted = await moose(
    shared(),
    ...['run', 'Update', '--repo', path, '--command', 'npm update', '--needs-approval'],
  );
  const { id } = submitted.document as WorkOrder;
  const shown = await moose(shared(), 'show', id);
  expect((shown.document as WorkOrderRecord).command).toBe('npm update');
  expect(shown.text).toMatch(/command +npm update/);
});

test.each([
  [['--agent', 'patch']],
  [['--model', 'scripted/light']],
  [['--best-of', '2']],
  [['--also-in', '/srv/other']],
])('R-AGENT-2: a command with %j is refused in words', async (flags) => {
  const { path } = scratchRepository();
  const run = moose(shared(), 'run', 'Update', '--repo', path, '--command', 'npm update', ...flags);
  await expect(run).rejects.toMatchObject({
    code: 'COMMAND_INVALID',
    message: expect.stringContaining('A command makes the change itself'),
  });
});
