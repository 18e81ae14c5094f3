import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';

const seedMax = 4_294_967_295;
const minutesMax = 24 * 60;
const machinesMax = 2;

interface ChaosFlags {
  seed?: number;
  minutes?: number;
  machines?: number;
  list?: true;
  plan?: true;
  report?: string;
}

export function addChaos(program: Command, context: CliContext): void {
  program
    .command('chaos [scenario...]')
    .description(
      'inject faults into a scratch instance while it works, and judge it by its rows, git, processes and bill; nothing of yours is touched',
    )
    .option('--seed <n>', 'repeats the sequence of faults of an earlier run', countUpTo(seedMax))
    .option(
      '--minutes <n>',
      'keep injecting faults for this long, several at a time (default: each scenario once, one after the other)',
      countUpTo(minutesMax),
    )
    .option('--machines <n>', 'use two machines on one database (default: one)', countUpTo(machinesMax))
    .option('--list', 'list the scenarios')
    .option('--plan', 'print the sequence of faults, and run nothing')
    .option(
      '--report <file>',
      'where the page with the report goes (default: the folder for temporary files)',
    )
    .action(async (scenarios: string[], { list, plan, ...given }: ChaosFlags, command: Command) => {
      const flags = flagsOf(command);
      const printer = context.printer(flags.json);
      const { document, lines, holds } = await context.chaos({
        printer,
        scenarios,
        signal: context.signal,
        act: list ? 'list' : plan ? 'plan' : 'run',
        ...(flags.data === undefined ? {} : { data: flags.data }),
        ...(given.seed === undefined ? {} : { seed: given.seed }),
        ...(given.minutes === undefined ? {} : { minutes: given.minutes }),
        ...(given.machines === undefined ? {} : { machines: given.machines }),
        ...(given.report === undefined ? {} : { report: given.report }),
      });
      printer.print(document, () => lines);
      if (!holds) process.exitCode = 1;
    });
}
