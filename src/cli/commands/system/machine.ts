import type { Command } from 'commander';
import type { Machine, Machines } from '../../../contract/contract.ts';
import { listMachines } from '../../../contract/operations/monitoring.ts';
import { shortId } from '../../../domain/ids.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';
import { cut, table } from '../../terminal/table.ts';

const widthMax = 160;
const titleCharsMax = 60;

export function addMachine(program: Command, context: CliContext): void {
  program
    .command('machine')
    .description('show the machines that do the work')
    .command('ls', { isDefault: true })
    .description(
      'list machines with their state, labels and work, and list work that no running machine can take',
    )
    .action(async (_options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const found = await ask(listMachines);
        printer.print(found, () => machineLines(found));
      }),
    );
}

export function machineLines({ items, untaken }: Machines): string[] {
  return [
    ...(items.length === 0
      ? ['No machine has worked in the last 24 hours; start one with `moose up`.']
      : linesOf(items)),
    ...(untaken.length === 0 ? [] : ['', paint('bold', 'No running machine can take')]),
    ...untaken.map(
      ({ id, project, title, because }) =>
        `${shortId(id)}  ${project}  ${cut(title, titleCharsMax)}: ${paint('yellow', because)}`,
    ),
  ];
}

function linesOf(machines: readonly Machine[]): string[] {
  return table(
    ['MACHINE', 'STATE', 'PROCESSES', 'LAST HEARD', 'LIMITS', 'LABELS', 'WORKS ON'],
    machines.map(({ name, state, processes, heard_at, limits, labels, carries }) => [
      name,
      state === 'working' ? paint('green', state) : paint('yellow', state),
      String(processes.length),
      `${heard_at.slice(0, 19).replace('T', ' ')} UTC`,
      limits?.level ?? '',
      labels.join(' '),
      carries.map(({ id, title }) => `${shortId(id)} ${cut(title, titleCharsMax)}`).join('; '),
    ]),
    widthMax,
  );
}
