// The view of a question for programs and people.
import type * as wire from '../../contract/contract.ts';
import { type EscalationOption, optionKinds } from '../../domain/escalation.ts';
import { usdNumber } from '../../domain/money.ts';
import type { SystemAlert } from '../../store/failures/alerts.ts';
import type { ListedPolicy } from '../../store/failures/answer-policies.ts';
import type { ProjectCount } from '../../store/failures/escalation-members.ts';
import type { Escalation } from '../../store/failures/escalations.ts';

export interface EscalationFacts {
  escalation: Escalation;
  workOrder: wire.EscalationCard['work_order'];
  waiting: ProjectCount[];
}

export function viewOfEscalation({ escalation, workOrder, waiting }: EscalationFacts): wire.EscalationCard {
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

export function viewOfPolicy(policy: ListedPolicy): wire.AnswerPolicy {
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

export function viewOfAlert(alert: SystemAlert): wire.PrintedAlert {
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
