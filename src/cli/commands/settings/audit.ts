import type { Command } from 'commander';
import type { AuditEntry } from '../../../contract/contract.ts';
import { listAuditLog } from '../../../contract/operations/settings.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';
import { listAll } from '../../remote/list-all.ts';
import { table } from '../../terminal/table.ts';

const defaultEntries = 50;
const entriesMax = 10_000;
const detailCharsMax = 100;
const widthMax = 200;

export function addAudit(program: Command, context: CliContext): void {
  program
    .command('audit')
    .description('list requested changes: who asked, and from where; newest first')
    .option('-n, --lines <n>', `how many to list, up to ${entriesMax}`, countUpTo(entriesMax), defaultEntries)
    .action(async ({ lines: wanted }: { lines: number }, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const entries = await listAll((query, left) => ask(listAuditLog, { query, left }), wanted);
        printer.print(entries, () => linesOf(entries));
      }),
    );
}

function linesOf(entries: readonly AuditEntry[]): string[] {
  if (entries.length === 0) return ['No changes were requested.'];
  return table(
    ['AT', 'ACTOR', 'ACTION', 'SUBJECT', ''],
    entries.map(({ at, actor, act, subject, detail }) => [
      `${at.slice(0, 19).replace('T', ' ')} UTC`,
      actor,
      act,
      subject ?? '',
      JSON.stringify(detail).slice(0, detailCharsMax),
    ]),
    widthMax,
  );
}
