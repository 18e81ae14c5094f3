import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';

interface DemoFlags {
  spec?: true;
  fault?: string[];
  serve?: true;
  verbose?: true;
}

export function addDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description(
      'run the whole pipeline on a scratch repository with a scripted model: no key, no cost, under a minute',
    )
    .option('--spec', 'plan a spec, and run its plan: four work orders with a contract between them')
    .addOption(
      new Option(
        '--fault <name>',
        'inject this fault during the demo, and show how Moose notices it and recovers; repeatable; `list` lists the faults',
      )
        .argParser((name: string, all: string[] = []) => [...all, name])
        .conflicts('spec'),
    )
    .addOption(
      new Option(
        '--serve',
        'keep Mission Control of the demo open until Ctrl-C, with a button for each fault',
      ).conflicts('spec'),
    )
    .option('--verbose', 'print each event, instead of the table that a terminal gets')
    .action(async ({ spec, fault = [], serve, verbose }: DemoFlags, command: Command) => {
      const flags = flagsOf(command);
      const printer = context.printer(flags.json);
      const given = {
        printer,
        ...(flags.data ? { data: flags.data } : {}),
        signal: context.signal,
        isVerbose: verbose === true,
      };
      const hasFaults = fault.length > 0 || serve === true;
      const { document, lines, holds } = hasFaults
        ? await context.faultDemo({ ...given, faults: fault, isServed: serve === true })
        : await context.demo({ ...given, isSpec: spec === true });
      printer.print(document, () => lines);
      if (!holds) process.exitCode = 1;
    });
}
