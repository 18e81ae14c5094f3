import { type Command, Option } from 'commander';
import type { ScheduleDetail } from '../../../contract/contract.ts';
import type { Ask } from '../../../contract/operations/ask.ts';
import {
  createSchedule,
  listSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runSchedule,
  showSchedule,
} from '../../../contract/operations/schedules.ts';
import { scheduleLimits, type WhenOpen, whenOpenWays } from '../../../domain/work-order/schedule.ts';
import type { CliContext } from '../../context.ts';
import { parseDuration } from '../../input/durations.ts';
import { readMoose, withMoose } from '../../input/flags.ts';
import { addSubmissionFlags, readSubmission, type SubmissionFlags } from '../../input/submission-flags.ts';
import { scheduleLines, scheduleTable } from '../../lines/schedule-lines.ts';
import { addChange } from './schedule-change.ts';

interface AddFlags extends SubmissionFlags {
  cron: string;
  timeZone?: string;
  whenOpen: WhenOpen;
  catchUp?: string;
}

export function addSchedule(program: Command, context: CliContext): void {
  const schedule = program.command('schedule').description('submit work orders on a schedule');
  addAdd(schedule, context);
  addShow(schedule, context);
  addChange(schedule, context);
  addActs(schedule, context);
}

function addAdd(schedule: Command, context: CliContext): void {
  const add = schedule
    .command('add <name> <title>')
    .description('add a schedule: its work orders get this title and these options')
    .requiredOption(
      '--cron <expression>',
      'minute, hour, day of the month, month, day of the week; or @daily',
    )
    .option('--time-zone <zone>', "the time zone of the expression (default: this machine's)")
    .addOption(
      new Option('--when-open <way>', 'what to do if the previous work order is still open')
        .choices(whenOpenWays)
        .default('skip'),
    )
    .option('--catch-up <duration>', 'how late a missed run may still start, from 1m to 7d', '1d');
  addSubmissionFlags(add)
    .addHelpText(
      'after',
      `
--limit is required: the maximum cost of each work order.
In the texts, {{date}}, {{time}}, {{weekday}} and {{schedule}} are replaced by the scheduled date, time and weekday, and the name of the schedule.
If Moose was not running, only the newest missed run is made up for. A schedule pauses itself, and notifies you, when its last
${scheduleLimits.failuresInARow} work orders all failed or need a person.

Examples:
  moose schedule add dependencies "Update the dependencies ({{date}})" --cron "30 1 * * 1-5" --time-zone Europe/Berlin --project shop --limit 2
  moose schedule add flaky "Fix one flaky test, if there is one" --cron @weekly --project shop --limit 3 --when-open queue`,
    )
    .action(async (name: string, title: string, options: AddFlags, command: Command) =>
      withMoose(context, command, async ({ ask, server }, printer) => {
        const submission = await readSubmission(title, options, server, context.signal);
        const given = {
          ...submission,
          limit_usd: submission.limit_usd,
          name,
          cron: options.cron,
          when_open: options.whenOpen,
          time_zone: options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
          catch_up_ms: parseDuration(options.catchUp ?? '1d'),
        };
        const added = await ask(createSchedule, { body: given });
        for (const warning of added.warnings) printer.note(`Note: ${warning}`);
        printer.print(added, () => scheduleLines(added.schedule, new Date()));
      }),
    );
}

function addShow(schedule: Command, context: CliContext): void {
  schedule
    .command('list', { isDefault: true })
    .alias('ls')
    .description('list schedules with their next and their last run')
    .action(async (_options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const { items: all } = await ask(listSchedules);
        const none = 'There are no schedules. Add one with `moose schedule add`.';
        printer.print(all, () => (all.length === 0 ? none : scheduleTable(all, new Date())));
      }),
    );
  schedule
    .command('show <name>')
    .description('show a schedule: what it submits, when it is due next, and its history')
    .action(async (name: string, _options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const shown = await ask(showSchedule, { params: { name } });
        printer.print(shown, () => scheduleLines(shown, new Date()));
      }),
    );
}

function addActs(schedule: Command, context: CliContext): void {
  const printed = (command: Command, act: (ask: Ask) => Promise<ScheduleDetail>) =>
    withMoose(context, command, async ({ ask }, printer) => {
      const shown = await act(ask);
      printer.print(shown, () => scheduleLines(shown, new Date()));
    });
  schedule
    .command('pause <name>')
    .description('pause a schedule: it submits nothing until it is resumed')
    .option('--because <text>', 'the reason, for others who see it')
    .action(async (name: string, { because }: { because?: string }, command: Command) =>
      printed(command, (ask) => ask(pauseSchedule, { params: { name }, body: { because } })),
    );
  schedule
    .command('resume <name>')
    .description('resume a paused schedule; runs missed in the meantime are skipped')
    .action(async (name: string, _options: unknown, command: Command) =>
      printed(command, (ask) => ask(resumeSchedule, { params: { name } })),
    );
  schedule
    .command('run <name>')
    .description('submit the work order of a schedule now, even if it is paused; your own limits apply')
    .action(async (name: string, _options: unknown, command: Command) =>
      printed(command, (ask) => ask(runSchedule, { params: { name } })),
    );
  schedule
    .command('remove <name>')
    .alias('rm')
    .description('remove a schedule; its work orders stay')
    .action(async (name: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const gone = await ask(removeSchedule, { params: { name } });
        printer.print(gone, () => `Removed: the schedule ${gone.removed}`);
      }),
    );
}
