import type { Command } from 'commander';
import { formatUsd, usdNumber } from '../../domain/money.ts';
import type { CliContext } from '../context.ts';
import { withMoose } from '../flags.ts';
import { parseLimit } from '../parse-limit.ts';
import { table } from '../table.ts';

interface LimitFlags {
  daily?: string;
  monthly?: string;
  thaw?: boolean;
}

export function addLimits(program: Command, context: CliContext): void {
  program
    .command('limits')
    .description('what may be spent, what is spent or set aside, and how to change it')
    .option('--daily <usd>', 'set the limit of a day, in dollars')
    .option('--monthly <usd>', 'set the limit of a month, in dollars')
    .option('--thaw', 'go on after a call that cost more than was set aside for it')
    .action(async (options: LimitFlags, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const limits = await moose.limits({
          ...(options.daily === undefined ? {} : { dailyNanoUsd: parseLimit(options.daily) }),
          ...(options.monthly === undefined ? {} : { monthlyNanoUsd: parseLimit(options.monthly) }),
          ...(options.thaw ? { thaws: true } : {}),
        });
        const document = limits.map(({ key, limitNanoUsd, usedNanoUsd, isFrozen }) => ({
          key,
          limit_usd: usdNumber(limitNanoUsd),
          used_usd: usdNumber(usedNanoUsd),
          is_frozen: isFrozen,
        }));
        face.print(document, () =>
          table(
            ['LIMIT', 'OF', 'USED', ''],
            limits.map(({ key, limitNanoUsd, usedNanoUsd, isFrozen }) => [
              key,
              formatUsd(limitNanoUsd),
              formatUsd(usedNanoUsd),
              isFrozen ? 'frozen: see --thaw' : '',
            ]),
            120,
          ),
        );
      }),
    );
}
