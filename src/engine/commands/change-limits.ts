// A person changes the limits on money; the change applies from the next reservation on.

import type { PermanentError } from '../../domain/failure.ts';
import { type LimitOf, raisedLimits, type WantedLimits } from '../../domain/limits/raised-limits.ts';
import type { EscalationOption } from '../../domain/people/escalation.ts';
import { isHuman, personOf } from '../../domain/people/person.ts';
import type { Query } from '../../store/database.ts';
import { resolveAlert } from '../../store/failures/alerts.ts';
import {
  type LimitInForce,
  limitsInForce,
  type SubjectLimit,
  type SystemLimit,
  setLimit,
  setSubjectLimit,
  thawLimits,
} from '../../store/money/limits.ts';
import { spenderName } from '../../store/money/spender-names.ts';
import { projectNamed } from '../../store/work/projects/projects.ts';
import { overrunKey, stoppedKeyOf } from '../run/budget/budget-jobs.ts';
import { wakeForMoney } from '../run/budget/money-awaited.ts';
import { commandFailures } from './failure-catalogue.ts';
import type { SteeringDeps } from './start-run.ts';
import { projectNotFound } from './submit/project-of-submission.ts';

/** As in `spending_limits`. */
type LimitSubject = NonNullable<EscalationOption['limitOf']>;

/** Absent `of`: the limits of the whole system, which always exist. */
export interface LimitChange extends WantedLimits {
  /** Lifts the freezes that follow a call which cost more than its reservation, or whose cost is not known. */
  thaws?: boolean;
}

/** @throws PermanentError `LIMIT_NOT_YOURS`, `LIMIT_NEEDED`, `LIMIT_PERSON_INVALID`, `PROJECT_NOT_FOUND` */
export function changeLimits(
  { database }: SteeringDeps,
  { of, dailyNanoUsd, monthlyNanoUsd, thaws = false }: LimitChange,
  actor: string,
): Promise<LimitInForce[]> {
  const wanted = { dailyNanoUsd, monthlyNanoUsd };
  return database.transaction(async (query) => {
    if (!isHuman(actor)) assertNoMore({ of, ...wanted, thaws }, await limitsInForce(query));
    if (of === undefined) await setSystemLimits(query, wanted, actor);
    else if (dailyNanoUsd !== undefined || monthlyNanoUsd !== undefined)
      await setSubjectLimit(query, await subjectOf(query, of), wanted, actor);
    if (thaws) {
      const thawed = await thawLimits(query);
      for (const key of [overrunKey, ...thawed.map(stoppedKeyOf)]) await resolveAlert(query, key, actor);
    }
    await wakeForMoney(query, wokenForLimitMax);
    return limitsInForce(query);
  });
}

/** A raised limit lets many work orders continue, and each of them checks for itself. */
const wokenForLimitMax = 1_000;

/** A program may lower a limit; raising it and lifting a freeze are for people. */
function assertNoMore({ thaws, ...wanted }: LimitChange, now: readonly LimitInForce[]): void {
  if (!thaws && raisedLimits(wanted, now).length === 0) return;
  throw commandFailures.LIMIT_NOT_YOURS('change limits');
}

async function setSystemLimits(
  query: Query,
  { dailyNanoUsd, monthlyNanoUsd }: SubjectLimit,
  actor: string,
): Promise<void> {
  if (dailyNanoUsd === null || monthlyNanoUsd === null) throw limitNeeded();
  if (dailyNanoUsd !== undefined) await setLimit(query, 'daily', dailyNanoUsd, actor);
  if (monthlyNanoUsd !== undefined) await setLimit(query, 'monthly', monthlyNanoUsd, actor);
}

/** The longest name of a token, or of a login with the host that it belongs to. */
const nameCharsMax = 300;

async function subjectOf(
  query: Query,
  { kind, name }: LimitOf,
): Promise<{ kind: LimitOf['kind']; subject: string }> {
  if (kind === 'project') {
    const project = await projectNamed(query, name);
    if (!project) throw projectNotFound(name, []);
    return { kind, subject: project.id };
  }
  const subject = personOf(name.trim());
  if (subject === '' || subject.length > nameCharsMax || /\p{Cc}/u.test(subject)) throw personInvalid(name);
  return { kind, subject: await spenderName(query, subject) };
}

function limitNeeded(): PermanentError {
  return commandFailures.LIMIT_NEEDED('change limits');
}

function personInvalid(name: string): PermanentError {
  return commandFailures.LIMIT_PERSON_INVALID('change limits', { name: name.slice(0, 40) });
}

/**
 * Raises a daily or monthly limit, of the whole system or of a person or project; one that is already this high stays.
 * @throws PermanentError `LIMIT_NOT_YOURS` if the actor is not a person
 */
export async function raiseLimit(
  query: Query,
  { limit, of, nanoUsd }: { limit: SystemLimit; of?: LimitSubject | undefined; nanoUsd: bigint },
  actor: string,
): Promise<void> {
  if (!isHuman(actor)) {
    throw commandFailures.LIMIT_NOT_YOURS_ONE('raise limit', { limit });
  }
  const span = limit === 'daily' ? 'day:' : 'month:';
  const isSame = ({ key }: { key: string }) =>
    of === undefined
      ? key.startsWith(span)
      : key.startsWith(`${of.kind}_${span}`) && key.endsWith(`:${of.subject}`);
  const now = (await limitsInForce(query)).find(isSame);
  if (now && now.limitNanoUsd >= nanoUsd) return;
  if (of === undefined) await setLimit(query, limit, nanoUsd, actor);
  else {
    const wanted = limit === 'daily' ? { dailyNanoUsd: nanoUsd } : { monthlyNanoUsd: nanoUsd };
    await setSubjectLimit(query, of, wanted, actor);
  }
  await wakeForMoney(query, wokenForLimitMax);
}
