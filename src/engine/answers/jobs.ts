// Periodic jobs for questions: choices whose process died, and questions that nobody answers.
import { sql } from 'kysely';
import { isMooseError } from '../../domain/failure.ts';
import type { Query } from '../../store/database.ts';
import { chooseOption, type Escalation, escalationById } from '../../store/failures/escalations.ts';
import { workOrderById } from '../../store/work/work-orders.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { defaultActor, whyNotAutomatic } from '../questions/automatic.ts';
import { eachAlone } from '../questions/each-alone.ts';
import { noticeReminder } from '../questions/notices.ts';
import { type AnswerDeps, answerIn } from './answer.ts';
import { carryOutGroup } from './carry-out-group.ts';

const secondMs = 1_000;
const hourMs = 60 * 60 * secondMs;
const atOnceMax = 100;

export type EscalationJobDeps = AnswerDeps & { settings: Pick<EngineSettings, 'escalation'> };

export function escalationJobs(deps: EscalationJobDeps): UpkeepJob[] {
  return [carryOutJob(deps), defaultsJob(deps), remindersJob(deps)];
}

/** Continues shared answers whose process died, and applies them to work orders that joined after the answer. */
export function carryOutJob(deps: AnswerDeps): UpkeepJob {
  return {
    name: 'carry-out-answers',
    everyMs: 2 * secondMs,
    run: async (signal) => {
      const { rows } = await deps.database.run(
        (query) =>
          sql<{ id: string }>`select id from escalations where status = 'chosen'
          and group_key is not null order by created_at limit ${atOnceMax}`.execute(query),
        signal,
      );
      await eachAlone(rows, ({ id }) => carryOutGroup(deps, id), signal);
    },
  };
}

/** Applies the default option to questions that nobody answered in time (R-ESC-4). */
export function defaultsJob(deps: AnswerDeps): UpkeepJob {
  return {
    name: 'escalation-defaults',
    everyMs: 5 * secondMs,
    run: async (signal) => {
      const due = await deps.database.run(dueDefaults, signal);
      await eachAlone(due, (id) => takeDefault(deps, id), signal);
    },
  };
}

async function dueDefaults(query: Query): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from escalations
    where status = 'open' and default_option is not null and default_at <= clock_timestamp()
    order by default_at limit ${atOnceMax}`.execute(query);
  return rows.map(({ id }) => id);
}

/** A default that is not allowed or no longer possible is removed: a person answers. */
async function takeDefault(deps: AnswerDeps, id: string): Promise<void> {
  try {
    await deps.database.transaction((query) => takeDefaultIn(query, deps, id));
  } catch (cause) {
    const error = toMooseError(cause, 'escalation', 'default');
    if (error.category !== 'permanent') throw cause;
    await deps.database.run((query) => giveUpDefault(query, id, error.message));
    // A bug in Moose is reported once.
    if (!isMooseError(cause)) throw cause;
  }
}

async function takeDefaultIn(query: Query, deps: AnswerDeps, id: string): Promise<void> {
  const escalation = await escalationById(query, id);
  const order = escalation?.workOrderId ? await workOrderById(query, escalation.workOrderId) : undefined;
  const option = escalation?.options.find((each) => each.id === escalation.defaultOption);
  if (escalation?.status !== 'open' || !order || !option)
    return giveUpDefault(query, id, 'it can no longer be chosen');
  const against = await whyNotAutomatic(query, order, escalation);
  if (against !== null) return giveUpDefault(query, id, against);
  const isMine = await chooseOption(query, id, { option: option.id, by: defaultActor });
  if (!isMine) return;
  const chosen = { option, note: undefined, by: defaultActor };
  await answerIn(query, deps, { escalation, order, chosen });
}

async function giveUpDefault(query: Query, id: string, because: string): Promise<void> {
  await query
    .updateTable('escalations')
    .set({ defaultOption: null, defaultAt: null, carryOutFailure: `Default not applied: ${because}` })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .execute();
}

/** Reminds people of open questions: after the limit, after twice that, and so on, a few times (R-ESC-5). */
export function remindersJob({ database, settings }: EscalationJobDeps): UpkeepJob {
  return {
    name: 'escalation-reminders',
    everyMs: 30 * secondMs,
    run: async (signal) => {
      const { remindAfterMs, remindersMax } = settings.escalation;
      const due = await database.run((query) => dueReminders(query, remindAfterMs, remindersMax), signal);
      await eachAlone(
        due,
        ({ id, number }) => database.transaction((query) => remind(query, id, number), signal),
        signal,
      );
    },
  };
}

/** `number`: of the reminder that is due; missed reminders are not made up for. */
async function dueReminders(
  query: Query,
  afterMs: number,
  remindersMax: number,
): Promise<Array<{ id: string; number: number }>> {
  const { rows } = await sql<{ id: string; number: number }>`
    select id, least(${remindersMax}::int, due)::int as number from (
      select id, reminders, floor(log(2, greatest(1, extract(epoch from clock_timestamp() - created_at) * 1000 / ${afterMs}::numeric)))::int
        + (extract(epoch from clock_timestamp() - created_at) * 1000 >= ${afterMs}::numeric)::int as due
      from escalations where status = 'open'
    ) as open where due > reminders and reminders < ${remindersMax} order by id limit ${atOnceMax}`.execute(
    query,
  );
  return rows;
}

async function remind(query: Query, id: string, number: number): Promise<void> {
  const reminded = await query
    .updateTable('escalations')
    .set({ reminders: number, remindedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .where('reminders', '<', number)
    .returningAll()
    .executeTakeFirst();
  if (reminded) await noticeReminder(query, reminded, number, hoursOpen(reminded));
}

function hoursOpen({ createdAt, remindedAt }: Escalation): number {
  const openMs = (remindedAt ?? new Date()).getTime() - createdAt.getTime();
  return Math.round(openMs / hourMs);
}
