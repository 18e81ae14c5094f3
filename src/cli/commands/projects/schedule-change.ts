// `moose schedule change`: the options of `moose schedule add`, each of them optional.

import { type Command, Option } from 'commander';
import type { Given } from '../../../contract/operations/ask.ts';
import { changeSchedule } from '../../../contract/operations/schedules.ts';
import { usdNumber } from '../../../domain/money.ts';
import { type WhenOpen, whenOpenWays } from '../../../domain/work-order/schedule.ts';
import type { CliContext } from '../../context.ts';
import { parseDuration } from '../../input/durations.ts';
import { withMoose } from '../../input/flags.ts';
import { noneOr, nothing } from '../../input/none-or.ts';
import { parseLimit } from '../../input/parse-limit.ts';
import { readText } from '../../input/read-text.ts';
import { repositoryOf } from '../../input/repository-of.ts';
import { askedIn, checkOf } from '../../input/submission-flags.ts';
import { scheduleLines } from '../../lines/schedule-lines.ts';

type ScheduleChange = NonNullable<Given<typeof changeSchedule>['body']>;

interface ChangeFlags {
  name?: string;
  title?: string;
  cron?: string;
  timeZone?: string;
  whenOpen?: WhenOpen;
  catchUp?: string;
  repo?: string;
  project?: string;
  base?: string;
  description?: string;
  acceptance?: string;
  agent?: string;
  model?: string;
  command?: string;
  check?: string[];
  allowCi?: boolean;
  mayChangeTests?: boolean;
  needsTest?: boolean;
  maySkip?: string[];
  removes?: string[];
  mayChange?: string[];
  label?: string[];
  limit?: string;
  timeLimit?: string;
  needsApproval?: boolean;
}

const collected = (one: string, all: string[] = []) => [...all, one];

export function addChange(schedule: Command, context: CliContext): void {
  const change = schedule
    .command('change <name>')
    .description(
      'change a schedule; options that are not given stay unchanged, and a paused schedule stays paused',
    );
  addWhen(change);
  addWhat(change)
    .addHelpText(
      'after',
      `
The history shows the old and the new values. If the expression or the time zone changes, the schedule next runs at the first scheduled time after the change. A run that is due right now still follows the old schedule.
What the task allows to change is replaced as a whole by --may-change-tests, --needs-test, --may-skip, --removes and --may-change.

Examples:
  moose schedule change dependencies --cron "0 4 * * *" --time-zone Europe/Berlin
  moose schedule change dependencies --limit 5 --check none --name updates`,
    )
    .action(async (name: string, options: ChangeFlags, command: Command) => {
      if (Object.keys(options).length === 0)
        command.error('error: nothing to change: give an option, such as --cron or --limit');
      await withMoose(context, command, async ({ ask, server }, printer) => {
        const change = await readChange(options, server, context.signal);
        const changed = await ask(changeSchedule, { params: { name }, body: change });
        for (const warning of changed.warnings) printer.note(`Note: ${warning}`);
        printer.print(changed, () => scheduleLines(changed.schedule, new Date()));
      });
    });
}

function addWhen(change: Command): Command {
  return change
    .option('--name <name>', 'a new name')
    .option('--cron <expression>', 'minute, hour, day of the month, month, day of the week; or @daily')
    .option('--time-zone <zone>', 'the time zone of the expression')
    .addOption(
      new Option('--when-open <way>', 'what to do if the previous work order is still open').choices(
        whenOpenWays,
      ),
    )
    .option('--catch-up <duration>', 'how late a missed run may still start, from 1m to 7d');
}

function addWhat(change: Command): Command {
  return change
    .option('--title <text>', 'the title of its work orders')
    .option('--repo <path|url>', 'the git repository, here or at a remote')
    .option('--project <name>', 'a project, instead of --repo')
    .option('--base <branch>', 'the branch to start from; "none": the default one')
    .option('--description <text>', 'what to do; @FILE reads it from a file, @- from standard input')
    .option('--acceptance <text>', 'how to tell that it is done; @FILE reads it from a file')
    .option('--agent <name>', 'the agent that makes the change; "none": the default')
    .option('--model <provider/model>', 'the model to use; "none": the default')
    .option('--command <command>', 'a shell command that makes the change; "none": an agent makes it')
    .option(
      '--check <kind=command>',
      'a check that must pass; replaces the current ones; repeatable; "none": those of the repository',
      collected,
    )
    .option('--allow-ci', 'allow the change to touch CI and hook configuration')
    .option('--no-allow-ci', 'do not allow changes to touch CI and hook configuration')
    .option('--may-change-tests', 'the task asks to change tests: they may demand less, or something else')
    .option('--no-may-change-tests', 'tests have to demand as much as before')
    .option('--needs-test', 'the change must bring a test that fails without it')
    .option('--no-needs-test', 'the change needs no test')
    .option('--may-skip <name>', 'a test that the change may skip; repeatable; "none": no test', collected)
    .option(
      '--removes <name>',
      'what the task removes, by its name or path: its tests may go too; repeatable; "none": nothing',
      collected,
    )
    .option(
      '--may-change <path>',
      'settings, scripts or a lock that the change may alter; repeatable; "none": no path',
      collected,
    )
    .option(
      '--label <key=value>',
      'only a machine with this label runs it; replaces the current ones; repeatable; "none": any machine',
      collected,
    )
    .option('--limit <usd>', 'maximum total cost of each work order, in dollars')
    .option('--time-limit <duration>', 'maximum time for one run of the agent; "none": the default')
    .option('--needs-approval', 'begin only after `moose approve`')
    .option('--no-needs-approval', 'begin at once');
}

async function readChange(
  options: ChangeFlags,
  server: string | null,
  signal: AbortSignal,
): Promise<ScheduleChange> {
  const text = (from: string) => readText(from, signal);
  const { name, title, cron, timeZone, whenOpen, catchUp, project, repo, limit, timeLimit, check } = options;
  return {
    name,
    title,
    cron,
    time_zone: timeZone,
    when_open: whenOpen,
    project,
    catch_up_ms: given(catchUp, parseDuration),
    repository_path: given(repo, (path) => repositoryOf(path, server)),
    description: await given(options.description, text),
    acceptance: await given(options.acceptance, text),
    base: unless(options.base, (text) => text),
    agent: unless(options.agent, (text) => text),
    model: unless(options.model, (text) => text),
    command: unless(options.command, (text) => text),
    checks: check && (noneOr('--check', check)?.map(checkOf) ?? null),
    labels: options.label && (noneOr('--label', options.label)?.slice() ?? null),
    limit_usd: given(limit, (usd) => usdNumber(parseLimit(usd))),
    time_limit_ms: unless(timeLimit, parseDuration),
    allow_ci_changes: options.allowCi,
    asked: changedAsked(options),
    needs_approval: options.needsApproval,
  };
}

/** Null if these options ask for nothing, undefined if none of them is given. */
function changedAsked(options: ChangeFlags): ScheduleChange['asked'] {
  const { mayChangeTests, needsTest, maySkip, removes, mayChange } = options;
  if ([mayChangeTests, needsTest, maySkip, removes, mayChange].every((each) => each === undefined))
    return undefined;
  const names = (flag: string, all: string[] = []) => [...(noneOr(flag, all) ?? [])];
  const asked = askedIn({
    ...options,
    maySkip: names('--may-skip', maySkip),
    removes: names('--removes', removes),
    mayChange: names('--may-change', mayChange),
  });
  return asked ?? null;
}

const given = <Value>(text: string | undefined, read: (text: string) => Value) =>
  text === undefined ? undefined : read(text);

/** Null removes it. */
const unless = <Value>(text: string | undefined, read: (text: string) => Value) =>
  text === nothing ? null : given(text, read);
