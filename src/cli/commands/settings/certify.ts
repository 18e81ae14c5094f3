import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';

const secondsDefault = 180;
const secondsMax = 3_600;
const secondMs = 1_000;

interface CertifyFlags {
  rows?: string;
  rowSeconds: number;
}

export function addCertify(agents: Command, context: CliContext): void {
  agents
    .command('certify <agent>')
    .description(
      'measure an agent against faults of its model, its machine and itself, on a scratch Moose: what it does, and what Moose makes of it; costs nothing and touches no work',
    )
    .option('--rows <names>', 'only these rows, separated by commas (default: all)')
    .option(
      '--row-seconds <n>',
      'how long the agent may work in a row',
      countUpTo(secondsMax),
      secondsDefault,
    )
    .action(async (agent: string, { rows, rowSeconds }: CertifyFlags, command: Command) => {
      const flags = flagsOf(command);
      const printer = context.printer(flags.json);
      const { document, lines, holds } = await context.certify({
        printer,
        agent,
        rows: (rows ?? '')
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
        limitMs: rowSeconds * secondMs,
        signal: context.signal,
        ...(flags.data === undefined ? {} : { data: flags.data }),
      });
      printer.print(document, () => lines);
      if (!holds) process.exitCode = 1;
    });
}
