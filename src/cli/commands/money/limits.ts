import { type Command, Option } from 'commander';
import type { Limits, LimitsChange } from '../../../contract/contract.ts';
import { changeLimits, listLimits } from '../../../contract/operations/money.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import { everyone, raisedLimits } from '../../../domain/limits/raised-limits.ts';
import { formatUsd, formatUsdNumber, nanoOfNumber, usdNumber } from '../../../domain/money.ts';
import type { CliContext } from '../../context.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { withMoose } from '../../input/flags.ts';
import { parseLimit } from '../../input/parse-limit.ts';
import { confirmByPerson } from '../../terminal/confirm.ts';
import { table } from '../../terminal/table.ts';

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
      withMoose(context, command, async ({ ask }, printer) => {
        const change = changeOf(options);
        const { limits: now } = await ask(listLimits);
        const raises = change === null ? null : raisesOf(change, now);
        if (raises !== null) await confirmByPerson(raises, context.signal);
        const limits = change === null ? now : (await ask(changeLimits, { body: change })).limits;
        printer.print(limits, () =>
          table(
            ['OF', 'WINDOW', 'LIMIT', 'USED', ''],
            limits.map((limit) => [
              whose(limit),
              limit.key
                .split(':')
                .slice(0, 2)
                .join(':')
                .replace(/^(person|project)_/, ''),
              formatUsdNumber(limit.limit_usd),
              // What each person has used is in a row of theirs.
              limit.name === everyone ? '' : formatUsdNumber(limit.used_usd),
              noteOn(limit),
            ]),
            120,
          ),
        );
      }),
    );
}

/** Null: the limits are only shown. @throws `LIMIT_INVALID`, `LIMIT_MISSING` */
function changeOf(flags: LimitFlags): LimitsChange | null {
  const { project, thaw } = flags;
  const person = flags.everyone ? everyone : flags.person;
  const [daily_usd, monthly_usd] = [amountOf(flags.daily), amountOf(flags.monthly)];
  const isOfAll = person === undefined && project === undefined;
  if (daily_usd !== undefined || monthly_usd !== undefined || (isOfAll && thaw))
    return { person, project, daily_usd, monthly_usd, thaw };
  if (!isOfAll) throw limitMissing();
  return null;
}

function amountOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  return text === 'none' ? null : usdNumber(parseLimit(text));
}

function limitMissing(): PermanentError {
  return cliFailures.LIMIT_MISSING('parse');
}

type Limit = Limits['limits'][number];

function whose({ kind, name }: Limit): string {
  if (kind === 'system') return 'everything';
  return name === everyone ? 'each other person' : `${kind} ${name}`;
}

function noteOn({ is_frozen, limit_usd, used_usd }: Limit): string {
  if (is_frozen) return 'frozen: lift it with --thaw';
  return used_usd >= limit_usd ? 'reached: no new work starts' : '';
}

/** Describes the part of the change that allows more spending; null if nothing does. */
function raisesOf(
  { person, project, daily_usd, monthly_usd, thaw }: LimitsChange,
  now: readonly Limit[],
): string | null {
  const name = person ?? project;
  const of =
    name === undefined ? undefined : ({ kind: person === undefined ? 'project' : 'person', name } as const);
  const ofWhom = name === undefined ? '' : name === everyone ? ' of each other person' : ` of ${name}`;
  const amount = (usd: number | null | undefined) => (usd == null ? usd : nanoOfNumber(usd));
  const wanted = { of, dailyNanoUsd: amount(daily_usd), monthlyNanoUsd: amount(monthly_usd) };
  const limits = now.map((limit) => ({ ...limit, limitNanoUsd: nanoOfNumber(limit.limit_usd) }));
  const words = [
    ...raisedLimits(wanted, limits).map(({ span, fromNanoUsd, toNanoUsd }) =>
      toNanoUsd === null
        ? `removing the ${span} limit${ofWhom} of ${formatUsd(fromNanoUsd)}`
        : `raising the ${span} limit${ofWhom} from ${formatUsd(fromNanoUsd)} to ${formatUsd(toNanoUsd)}`,
    ),
    ...(thaw && now.some(({ is_frozen }) => is_frozen) ? ['lifting the freeze'] : []),
  ];
  const text = words.join(' and ');
  return text === '' ? null : text[0]?.toUpperCase() + text.slice(1);
}
