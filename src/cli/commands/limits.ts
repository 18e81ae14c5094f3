import { type Command, Option } from 'commander';
import type { PrintedDocument } from '../../contract/contract.ts';
import type { PermanentError } from '../../domain/failure.ts';
import { formatUsd, usdNumber } from '../../domain/money.ts';
import { everyone, type LimitOf, raisedLimits } from '../../domain/raised-limits.ts';
import type { LimitChange } from '../../engine/commands/change-limits.ts';
import type { LimitInForce } from '../../store/money/limits.ts';
import { confirmByPerson } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { withMoose } from '../flags.ts';
import { parseLimit } from '../parse-limit.ts';
import { table } from '../table.ts';

interface LimitFlags {
  person?: string;
  everyone?: boolean;
  project?: string;
  daily?: string;
  monthly?: string;
  thaw?: boolean;
}

export function addLimits(program: Command, context: CliContext): void {
  program
    .command('limits')
    .description(
      'show and change spending limits, of everything, people and projects, and how much of each is spent or reserved',
    )
    .addOption(
      new Option('--person <name>', 'change the limits for what this person asks for').conflicts([
        'project',
        'everyone',
      ]),
    )
    .addOption(
      new Option('--everyone', 'change the limits for each person without a limit of their own').conflicts(
        'project',
      ),
    )
    .option('--project <name>', 'change the limits for what is done in this project')
    .option(
      '--daily <usd>',
      'set the daily limit, in dollars; none removes the limit of a person or a project',
    )
    .option(
      '--monthly <usd>',
      'set the monthly limit, in dollars; none removes the limit of a person or a project',
    )
    .option('--thaw', 'lift the freeze after a call that cost more than was reserved for it')
    .action(async (options: LimitFlags, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const change = changeOf(options);
        const raises = raisesOf(change, await moose.limits());
        if (raises !== null) await confirmByPerson(raises, context.signal);
        const limits = await moose.limits(change);
        const document: PrintedDocument<'limits'> = limits.map(
          ({ key, kind, name, limitNanoUsd, usedNanoUsd, isFrozen }) => ({
            key,
            kind,
            name,
            limit_usd: usdNumber(limitNanoUsd),
            used_usd: usdNumber(usedNanoUsd),
            is_frozen: isFrozen,
          }),
        );
        printer.print(document, () =>
          table(
            ['OF', 'WINDOW', 'LIMIT', 'USED', ''],
            limits.map((limit) => [
              whose(limit),
              limit.key
                .split(':')
                .slice(0, 2)
                .join(':')
                .replace(/^(person|project)_/, ''),
              formatUsd(limit.limitNanoUsd),
              // What each person has used is in a row of theirs.
              limit.name === everyone ? '' : formatUsd(limit.usedNanoUsd),
              noteOn(limit),
            ]),
            120,
          ),
        );
      }),
    );
}

/** @throws `LIMIT_INVALID`, `LIMIT_MISSING` */
function changeOf({ person, everyone: isForAll, project, daily, monthly, thaw }: LimitFlags): LimitChange {
  const ofPerson = isForAll ? everyone : person;
  const of: LimitOf | undefined =
    ofPerson !== undefined
      ? { kind: 'person', name: ofPerson }
      : project !== undefined
        ? { kind: 'project', name: project }
        : undefined;
  if (of !== undefined && daily === undefined && monthly === undefined) throw limitMissing();
  return {
    ...(of === undefined ? {} : { of }),
    ...(daily === undefined ? {} : { dailyNanoUsd: amountOf(daily) }),
    ...(monthly === undefined ? {} : { monthlyNanoUsd: amountOf(monthly) }),
    ...(thaw ? { thaws: true } : {}),
  };
}

const amountOf = (text: string) => (text === 'none' ? null : parseLimit(text));

function limitMissing(): PermanentError {
  return cliFailures.LIMIT_MISSING('parse');
}

function whose({ kind, name }: LimitInForce): string {
  if (kind === 'system') return 'everything';
  return name === everyone ? 'each other person' : `${kind} ${name}`;
}

function noteOn({ isFrozen, limitNanoUsd, usedNanoUsd }: LimitInForce): string {
  if (isFrozen) return 'frozen: lift it with --thaw';
  return usedNanoUsd >= limitNanoUsd ? 'reached: no new work starts' : '';
}

/** Describes the part of the change that allows more spending; null if nothing does. */
function raisesOf({ thaws, ...wanted }: LimitChange, now: readonly LimitInForce[]): string | null {
  const { of } = wanted;
  const ofWhom = of === undefined ? '' : of.name === everyone ? ' of each other person' : ` of ${of.name}`;
  const words = [
    ...raisedLimits(wanted, now).map(({ span, fromNanoUsd, toNanoUsd }) =>
      toNanoUsd === null
        ? `removing the ${span} limit${ofWhom} of ${formatUsd(fromNanoUsd)}`
        : `raising the ${span} limit${ofWhom} from ${formatUsd(fromNanoUsd)} to ${formatUsd(toNanoUsd)}`,
    ),
    ...(thaws && now.some(({ isFrozen }) => isFrozen) ? ['lifting the freeze'] : []),
  ];
  const text = words.join(' and ');
  return text === '' ? null : text[0]?.toUpperCase() + text.slice(1);
}
