import type { Command } from 'commander';
import type { PrintedDocument } from '../../../contract/contract.ts';
import { counted } from '../../../domain/text/counted.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';

export function addBackup(program: Command, context: CliContext): void {
  program
    .command('backup <path>')
    .description('copy the database and Moose’s repositories into one file, while Moose works')
    .option('--verify', 'do not make a backup: read the file to its end, and check that it is complete')
    .action(async (path: string, { verify }: { verify?: boolean }, command: Command) => {
      const flags = flagsOf(command);
      const backups = await context.backups(flags);
      const made = verify ? await backups.verify(path) : await backups.make(path);
      context.printer(flags.json).print(made, () => backupLines(made));
    });
}

const kibibyte = 1024;
const mebibyte = 1024 ** 2;

export function sizeOf(bytes: number): string {
  if (bytes >= mebibyte) return `${(bytes / mebibyte).toFixed(1)} MiB`;
  return `${Math.ceil(bytes / kibibyte)} KiB`;
}

export function contentOf({ work_orders, rows, repositories }: Content): string {
  return `${counted(work_orders.all, 'work order')} (${work_orders.open} open), ${counted(rows, 'row')}, ${counted(repositories, 'repository', 'repositories')}`;
}

type Content = Pick<PrintedDocument<'backup'>, 'work_orders' | 'rows' | 'repositories'>;

export function backupLines(made: PrintedDocument<'backup'>): string[] {
  const { path, bytes, made_at, host, moose_version, is_verified } = made;
  const what = `${path}: ${sizeOf(bytes)}, ${contentOf(made)}`;
  if (is_verified) return [what, `Complete. Made on ${host} at ${made_at} by Moose ${moose_version}.`];
  return [
    what,
    'It contains everything in the database, so protect it like the database. It does not contain: the key of projects’ variables (secrets.keys), your own repositories, and what agents have not committed.',
  ];
}
