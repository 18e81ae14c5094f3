import type { Command } from 'commander';
import type { PrintedDocument } from '../../../contract/contract.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';
import { contentOf } from './backup.ts';

export function addRestore(program: Command, context: CliContext): void {
  program
    .command('restore <file>')
    .description('restore a backup into an empty directory, named by --data, or into an empty database')
    .option('--force', 'keep the existing directory, under another name')
    .action(async (file: string, { force }: { force?: boolean }, command: Command) => {
      const flags = flagsOf(command);
      const backups = await context.backups(flags);
      const restored = await backups.restore(file, { isForced: force === true });
      context.printer(flags.json).print(restored, () => restoreLines(restored));
    });
}

export function restoreLines(restored: PrintedDocument<'restore'>): string[] {
  const { data, host, made_at, kept_aside, ended_sessions, taken_up, rows_only } = restored;
  if (rows_only)
    return [
      `Restored the database of ${data}: ${contentOf(restored)}, as they were at ${made_at}, before an upgrade.`,
      ...(kept_aside === null ? [] : [`The previous database is in ${kept_aside}.`]),
      `Lost sessions: ${ended_sessions}. Work orders that \`moose up\` continues: ${taken_up}.`,
      'Start the older version of Moose now: this one would upgrade the database again. People sign in again, and schedules are paused.',
    ];
  return [
    `Restored into ${data}: ${contentOf(restored)}, as they were on ${host} at ${made_at}.`,
    ...(kept_aside === null ? [] : [`The previous content is in ${kept_aside}.`]),
    `Lost sessions: ${ended_sessions}. Work orders that \`moose up\` continues: ${taken_up}.`,
    `First make sure that the Moose on ${host} is no longer running: both would do the same work, and push to the same branches.`,
    'If projects have variables, copy secrets.keys into the new directory (chmod 600). Agents log in again, and people sign in again.',
  ];
}
