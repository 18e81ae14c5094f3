import type { printedDocuments } from '../src/contract/contract.ts';
import { scratchRepository } from '../src/git/scratch-repository.fixture.ts';

type Run = (name: keyof typeof printedDocuments, ...args: string[]) => Promise<unknown>;

/** Runs every command of schedules once. */
export async function runSchedules({ run }: { run: Run }): Promise<void> {
  const place = ['--repo', scratchRepository().path, '--limit', '1'];
  await run('schedule add', 'nightly', 'Tidy {{date}}', '--cron', '@daily', ...place);
  for (const act of ['show', 'run', 'pause', 'resume'] as const) await run(`schedule ${act}`, 'nightly');
  await run('schedule change', 'nightly', '--title', 'Tidy all', '--label', 'gpu=yes', '--limit', '2');
  await run('schedule list');
  await run('schedule remove', 'nightly');
}
