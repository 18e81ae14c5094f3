import type { Command } from 'commander';
import type { PrintedDocument } from '../../contract/contract.ts';
import { formatUsd, usdNumber } from '../../domain/money.ts';
import type { LimitChange } from '../../engine/commands/change-limits.ts';
import type { LimitUse } from '../../store/money/limits.ts';
import { confirmByPerson } from '../confirm.ts';
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
    .description('show and change spending limits, and how much of each is spent or reserved')
    .option('--daily <usd>', 'set the daily limit, in dollars')
    .option('--monthly <usd>', 'set the monthly limit, in dollars')
    .option('--thaw', 'lift the freeze after a call that cost more than was reserved for it')
    .action(async (options: LimitFlags, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const change = {
          ...(options.daily === undefined ? {} : { dailyNanoUsd: parseLimit(options.daily) }),
          ...(options.monthly === undefined ? {} : { monthlyNanoUsd: parseLimit(options.monthly) }),
          ...(options.thaw ? { thaws: true } : {}),
        };
        const raises = raisesOf(change, await moose.limits());
        if (raises !== null) await confirmByPerson(raises, context.signal);
        const limits = await moose.limits(change);
        const document: PrintedDocument<'limits'> = limits.map(
          ({ key, limitNanoUsd, usedNanoUsd, isFrozen }) => ({
            key,
            limit_usd: usdNumber(limitNanoUsd),
            used_usd: usdNumber(usedNanoUsd),
            is_frozen: isFrozen,
          }),
        );
        face.print(document, () =>
          table(
            ['WINDOW', 'LIMIT', 'USED', ''],
            limits.map(({ key, limitNanoUsd, usedNanoUsd, isFrozen }) => [
              key,
              formatUsd(limitNanoUsd),
              formatUsd(usedNanoUsd),
              isFrozen ? 'frozen: lift it with --thaw' : '',
            ]),
            120,
          ),
        );
      }),
    );
}

/** Describes the part of the change that allows more spending; null if nothing does. */
function raisesOf(
  { dailyNanoUsd, monthlyNanoUsd, thaws }: LimitChange,
  now: readonly LimitUse[],
): string | null {
  const raised = (prefix: string, to: bigint | undefined) =>
    now.find(({ key, limitNanoUsd }) => key.startsWith(prefix) && to !== undefined && to > limitNanoUsd);
  const day = raised('day:', dailyNanoUsd);
  const month = raised('month:', monthlyNanoUsd);
  const words = [
    ...(day
      ? [`raising the daily limit from ${formatUsd(day.limitNanoUsd)} to ${formatUsd(dailyNanoUsd ?? 0n)}`]
      : []),
    ...(month
      ? [
          `raising the monthly limit from ${formatUsd(month.limitNanoUsd)} to ${formatUsd(monthlyNanoUsd ?? 0n)}`,
        ]
      : []),
    ...(thaws && now.some(({ isFrozen }) => isFrozen) ? ['lifting the freeze'] : []),
  ];
  const text = words.join(' and ');
  return text === '' ? null : text[0]?.toUpperCase() + text.slice(1);
}
