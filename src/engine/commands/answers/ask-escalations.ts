// What interfaces can read about questions and do with them.
import type * as wire from '../../../contract/contract.ts';
import type { Alert, AnswerPolicy, EscalationCard, MeasuredEscalations } from '../../../contract/contract.ts';
import { isMooseError, type PermanentError } from '../../../domain/failure.ts';
import { usdNumber } from '../../../domain/money.ts';
import { type EscalationOption, optionKinds } from '../../../domain/people/escalation.ts';
import { personOf } from '../../../domain/people/person.ts';
import type { SharedReads } from '../../../stdx/async/shared-reads.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database, Query } from '../../../store/database.ts';
import type { SystemAlert } from '../../../store/failures/alerts.ts';
import { type ListedPolicy, listPolicies, revokePolicy } from '../../../store/failures/answer-policies.ts';
import { countMembers, type ProjectCount } from '../../../store/failures/escalation-members.ts';
import { escalationsFrom, type PlacedEscalation } from '../../../store/failures/escalation-pages.ts';
import {
  type Escalation,
  escalationById,
  findEscalation,
  listEscalations,
} from '../../../store/failures/escalations.ts';
import { findAlert, listAlerts, resolveAlertById } from '../../../store/failures/listed-alerts.ts';
import { findWorkOrderSummary } from '../../../store/work/work-orders/work-orders.ts';
import { defaultSettings, type EngineSettings } from '../../policy/engine-settings.ts';
import { cursorOf, pageFrom, placeOf } from '../../policy/paging/page-cursor.ts';
import { escalationMeasures } from '../../questions/measures.ts';
import { type Answer, answer } from './answer.ts';
import type { CriticalError, CriticalErrors } from './critical-errors.ts';
import { answerFailures } from './failure-catalogue.ts';
import { handOn } from './hand-on.ts';

export interface AskEscalationsDeps {
  database: Database;
  clock: Clock;
  actor: string;
  /** Absent in commands that only read. */
  critical?: CriticalErrors;
  reads?: SharedReads | undefined;
  /** If absent, the defaults. */
  settings?: { current: Pick<EngineSettings, 'targets'> };
}

const listedMax = 200;

interface AskedPage {
  all: boolean;
  limit: number;
  cursor?: string | undefined;
  /** Only questions of this person; `me`: those of the caller. */
  owner?: string | undefined;
}

const nameOf = <Name extends string | undefined>(owner: Name, actor: string) =>
  owner === 'me' ? personOf(actor) : owner;

export function askEscalations({
  database,
  clock,
  actor,
  critical,
  reads,
  settings = { current: defaultSettings },
}: AskEscalationsDeps) {
  const viewOf = (escalation: Escalation) =>
    database.run(async (query) =>
      viewOfEscalation({
        escalation,
        workOrder: await workOrderOf(query, escalation),
        waiting: escalation.groupKey === null ? [] : await countMembers(query, escalation.id),
      }),
    );
  const one = async (given: string) => viewOf(await database.run((query) => findEscalation(query, given)));
  return {
    /** Returns open questions, newest first; with `all`, also the others. */
    list: async (options: { all?: boolean; owner?: string | undefined } = {}): Promise<EscalationCard[]> => {
      const { owner, ...which } = options;
      const of = { limit: listedMax, ...which, owner: nameOf(owner, actor) };
      const found = await database.run((query) => listEscalations(query, of));
      return Promise.all(found.map(viewOf));
    },
    /**
     * Returns a page with open questions first.
     * @throws PermanentError `CURSOR_INVALID`
     */
    page: async ({ all, limit, cursor, owner }: AskedPage) => {
      const list = all ? 'escalations.all' : 'escalations.open';
      const asked = { all, limit, after: placeOf(list, cursor), owner: nameOf(owner, actor) };
      const found = await database.run((query) => escalationsFrom(query, asked));
      const page = pageFrom<PlacedEscalation, Promise<EscalationCard>>(found, limit, {
        item: viewOf,
        cursor: ({ place }) => cursorOf(list, place),
      });
      return { ...page, items: await Promise.all(page.items) };
    },
    /** Finds a question by its own ID or by its work order's. @throws ESCALATION_NOT_FOUND, ESCALATION_AMBIGUOUS */
    one,
    /** @throws the errors of `answer` in answer.ts */
    answer: async (
      given: string,
      option: string,
      options: Omit<Answer, 'by'> & { by?: string } = {},
    ): Promise<EscalationCard> => {
      const escalation = await database.run((query) => findEscalation(query, given));
      await answer({ database, clock }, escalation, option, { by: actor, ...options });
      return one(escalation.id);
    },
    /** Like `answer`, but repeating the accepted answer succeeds, because the caller may have lost the first reply. */
    answerOnce: async (given: string, option: string, said: Omit<Answer, 'by'>): Promise<EscalationCard> => {
      const escalation = await database.run((query) => findEscalation(query, given));
      try {
        await answer({ database, clock }, escalation, option, { by: actor, ...said });
      } catch (cause) {
        if (!isMooseError(cause) || cause.code !== 'ESCALATION_ANSWERED') throw cause;
        const now = await database.run((query) => escalationById(query, escalation.id));
        if (!now || !isThatAnswer(now, option, said)) throw cause;
      }
      return one(escalation.id);
    },
    /**
     * Gives an open question to another person; `me`: to the one who asks.
     * @throws ESCALATION_NOT_FOUND, ESCALATION_AMBIGUOUS, ESCALATION_ANSWERED
     */
    handOn: async (given: string, person: string): Promise<EscalationCard> => {
      const owner = nameOf(person, actor);
      const { id } = await database.transaction((query) => handOn(query, given, { owner, by: actor }));
      return one(id);
    },
    measures: (days?: number): Promise<MeasuredEscalations> => {
      const read = () => database.run((query) => escalationMeasures(query, settings.current.targets, days));
      return reads ? reads.read(`measures ${days}`, read) : read();
    },
    ...heldAnswers(database, actor),
    ...raisedAlerts(database, actor),
    /** Reports a critical error for an outside caller; returns the ID that the error and its question share (R-ESC-2). */
    report: (given: CriticalError): Promise<string> => {
      if (!critical) throw notHere();
      return critical.report(given);
    },
  };
}

/** Standing answers. */
function heldAnswers(database: Database, actor: string) {
  return {
    policies: (options: { all?: boolean } = {}): Promise<AnswerPolicy[]> =>
      database.run(async (query) => (await listPolicies(query, options)).map(viewOfPolicy)),
    revokePolicy: (given: string): Promise<void> =>
      database.run((query) => revokePolicy(query, given, actor)),
  };
}

/** Problems that belong to no work order. */
function raisedAlerts(database: Database, actor: string) {
  return {
    alerts: (options: { all?: boolean } = {}): Promise<Alert[]> =>
      database.run(async (query) => (await listAlerts(query, options)).map(viewOfAlert)),
    /** Idempotent. @throws ALERT_NOT_FOUND */
    resolveAlert: (given: string): Promise<Alert> =>
      database.transaction(async (query) => {
        const alert = await findAlert(query, given);
        return viewOfAlert(await resolveAlertById(query, alert, actor));
      }),
  };
}

/** True if the question was resolved with this answer, whoever gave it. */
function isThatAnswer(
  { chosenOption, note: noted, makesPolicy }: Escalation,
  option: string,
  { note, always = false }: Omit<Answer, 'by'>,
): boolean {
  const isOption = chosenOption === option || chosenOption?.startsWith(`${option}:`);
  return isOption === true && (note?.trim() || null) === noted && makesPolicy === always;
}

async function workOrderOf(query: Query, { workOrderId }: Escalation): Promise<EscalationCard['work_order']> {
  return workOrderId === null ? null : ((await findWorkOrderSummary(query, workOrderId)) ?? null);
}

function notHere(): PermanentError {
  return answerFailures.CRITICAL_ERRORS_NOT_TAKEN('report');
}

interface EscalationFacts {
  escalation: Escalation;
  workOrder: wire.EscalationCard['work_order'];
  waiting: ProjectCount[];
}

function viewOfEscalation({ escalation, workOrder, waiting }: EscalationFacts): wire.EscalationCard {
  const { options, recommendedOption, ...row } = escalation;
  return {
    id: row.id,
    work_order: workOrder,
    status: row.status,
    severity: row.severity,
    failure_class: row.failureClass,
    code: row.code,
    component: row.component,
    operation: row.operation,
    title: row.title,
    reason: typeof row.context.because === 'string' ? row.context.because : row.title,
    context: row.context,
    options: (Array.isArray(options) ? options : [])
      .filter(isWhole)
      .map((option) => viewOfOption(option, recommendedOption)),
    recommended: recommendedOption,
    group_key: row.groupKey,
    waiting,
    default_option: row.defaultOption,
    default_at: row.defaultAt?.toISOString() ?? null,
    chosen_option: row.chosenOption,
    note: row.note,
    resolved_by: row.resolvedBy,
    resolution: row.resolution,
    created_at: row.createdAt.toISOString(),
    resolved_at: row.resolvedAt?.toISOString() ?? null,
    reminders: row.reminders,
    owner: row.owner,
    owned_since: row.ownedSince?.toISOString() ?? null,
    owners: row.owners,
  };
}

/** An option without an ID or a known kind cannot be chosen. */
function isWhole(option: Partial<EscalationOption> | null): boolean {
  return typeof option?.id === 'string' && optionKinds.some((kind) => kind === option.kind);
}

function viewOfOption(option: EscalationOption, recommended: string | null): wire.OptionCard {
  const { id, kind, label, command, costNanoUsd, risk, chance, chanceOf, chanceBasis, needsNote } = option;
  return {
    id,
    kind,
    // Older versions stored fewer fields of an option.
    label: label ?? id,
    command: command ?? '',
    risk: risk ?? 'high',
    chance: chance ?? null,
    cost_usd: /^-?\d+$/.test(costNanoUsd ?? '') ? usdNumber(BigInt(costNanoUsd ?? 0)) : null,
    chance_of: chanceOf ?? 0,
    chance_basis: chanceBasis ?? null,
    needs_note: needsNote ?? false,
    is_recommended: id === recommended,
  };
}

function viewOfPolicy(policy: ListedPolicy): wire.AnswerPolicy {
  return {
    id: policy.id,
    project: policy.project,
    failure_class: policy.failureClass,
    code: policy.code,
    option: policy.option.id,
    label: policy.option.label,
    note: policy.note,
    created_by: policy.createdBy,
    created_at: policy.createdAt.toISOString(),
    uses: policy.uses,
    last_used_at: policy.lastUsedAt?.toISOString() ?? null,
    revoked_by: policy.revokedBy,
    revoked_at: policy.revokedAt?.toISOString() ?? null,
  };
}

function viewOfAlert(alert: SystemAlert): wire.Alert {
  const { id, key, severity, component, operation, code, message, times, metadata } = alert;
  return {
    id,
    key,
    severity,
    component,
    operation,
    code,
    message,
    times,
    metadata,
    created_at: alert.createdAt.toISOString(),
    last_seen_at: alert.lastSeenAt.toISOString(),
    resolved_at: alert.resolvedAt?.toISOString() ?? null,
    resolved_by: alert.resolvedBy,
  };
}
