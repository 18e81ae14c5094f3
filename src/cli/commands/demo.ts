import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { flagsOf } from '../flags.ts';

export function addDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description(
      'run the whole pipeline on a scratch repository with a scripted model: no key, no cost, under a minute',
    )
    .option('--spec', 'have a spec planned, and run its plan: four work orders with a contract between them')
    .action(async ({ spec }: { spec?: true }, command: Command) => {
      const flags = flagsOf(command);
      const face = context.face(flags.json);
      const { document, lines, holds } = await context.demo({
        face,
        ...(flags.data ? { data: flags.data } : {}),
        signal: context.signal,
        isSpec: spec === true,
      });
      face.print(document, () => lines);
      if (!holds) process.exitCode = 1;
    });
}
