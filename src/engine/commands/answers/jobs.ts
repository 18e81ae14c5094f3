// Periodic jobs for questions: finish answers whose process died, and handle questions that nobody answers.
import { isMooseError } from '../../../domain/failure.ts';
import type { Query } from '../../../store/database.ts';
import {
  hasChosenShared,
  hasDueDefault,
  hasOpenQuestion,
  listChosenShared,
  listDueDefaults,
  listDueReminders,
  markReminded,
  removeDefault,
} from '../../../store/failures/due-escalations.ts';
import { chooseOption, type Escalation, escalationById } from '../../../store/failures/escalations.ts';
import { workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { defaultActor, whyNotAutomatic } from '../../questions/automatic.ts';
import { eachAlone } from '../../questions/each-alone.ts';
import { noticeReminder } from '../../questions/notices.ts';
import type { SteeringDeps } from '../start-run.ts';
import { answerIn } from './answer.ts';
import { applyGroupAnswer } from './apply-group-answer.ts';
import { ownersJob } from './owners-job.ts';

const secondMs = 1_000;
const hourMs = 60 * 60 * secondMs;
const atOnceMax = 100;

export type EscalationJobDeps = SteeringDeps & { settings: Pick<EngineSettings, 'escalation'> };

export function escalationJobs(deps: EscalationJobDeps): PeriodicJob[] {
  return [carryOutJob(deps), defaultsJob(deps), remindersJob(deps), ownersJob(deps)];
}

/** Continues shared answers whose process died, and applies them to work orders that joined the question later. */
export function carryOutJob(deps: SteeringDeps): PeriodicJob {
  return {
    name: 'carry-out-answers',
    everyMs: 5 * secondMs,
    due: hasChosenShared,
    run: async (signal) => {
      const chosen = await deps.database.run((query) => listChosenShared(query, atOnceMax), signal);
      await eachAlone(chosen, (id) => applyGroupAnswer(deps, id), signal);
    },
  };
}

/** Applies the default option to questions that nobody answered in time (R-ESC-4). */
export function defaultsJob(deps: SteeringDeps): PeriodicJob {
  return {
    name: 'escalation-defaults',
    everyMs: 5 * secondMs,
    due: hasDueDefault,
    run: async (signal) => {
      const due = await deps.database.run((query) => listDueDefaults(query, atOnceMax), signal);
      await eachAlone(due, (id) => takeDefault(deps, id), signal);
    },
  };
}

/** A default that is not allowed or no longer possible is removed, so that a person answers. */
async function takeDefault(deps: SteeringDeps, id: string): Promise<void> {
  try {
    await deps.database.transaction((query) => takeDefaultIn(query, deps, id));
  } catch (cause) {
    const error = toMooseError(cause, 'answers', 'default');
    if (error.category !== 'permanent') throw cause;
    await deps.database.run((query) => removeDefault(query, id, error.message));
    // Any other error is a bug of ours, and is reported.
    if (!isMooseError(cause)) throw cause;
  }
}

async function takeDefaultIn(query: Query, deps: SteeringDeps, id: string): Promise<void> {
  const escalation = await escalationById(query, id);
  const order = escalation?.workOrderId ? await workOrderById(query, escalation.workOrderId) : undefined;
  const option = escalation?.options.find((each) => each.id === escalation.defaultOption);
  if (escalation?.status !== 'open' || !order || !option)
    return removeDefault(query, id, 'it can no longer be chosen');
  const against = await whyNotAutomatic(query, order, escalation);
  if (against !== null) return removeDefault(query, id, against);
  const isMine = await chooseOption(query, id, { option: option.id, by: defaultActor });
  if (!isMine) return;
  const chosen = { option, note: undefined, by: defaultActor };
  await answerIn(query, deps, { escalation, order, chosen });
}

/** Reminds people of open questions: after the reminder time, after twice that time, and so on, a few times (R-ESC-5). */
export function remindersJob({ database, settings }: EscalationJobDeps): PeriodicJob {
  return {
    name: 'escalation-reminders',
    everyMs: 30 * secondMs,
    due: hasOpenQuestion,
    run: async (signal) => {
      const { remindAfterMs, remindersMax } = settings.escalation;
      const asked = { afterMs: remindAfterMs, remindersMax, limit: atOnceMax };
      const due = await database.run((query) => listDueReminders(query, asked), signal);
      await eachAlone(
        due,
        ({ id, number }) => database.transaction((query) => remind(query, id, number), signal),
        signal,
      );
    },
  };
}

async function remind(query: Query, id: string, number: number): Promise<void> {
  const reminded = await markReminded(query, id, number);
  if (reminded) await noticeReminder(query, reminded, number, hoursOpen(reminded));
}

function hoursOpen({ createdAt, remindedAt }: Escalation): number {
  const openMs = (remindedAt ?? new Date()).getTime() - createdAt.getTime();
  return Math.round(openMs / hourMs);
}
