// The view of a question for programs and people.
import { type EscalationOption, optionKinds } from '../../domain/escalation.ts';
import { usdNumber } from '../../domain/money.ts';
import type { SystemAlert } from '../../store/failures/alerts.ts';
import type { ListedPolicy } from '../../store/failures/answer-policies.ts';
import type { ProjectCount } from '../../store/failures/escalation-members.ts';
import type { Escalation } from '../../store/failures/escalations.ts';

export interface OptionView {
  id: string;
  kind: EscalationOption['kind'];
  label: string;
  command: string;
  cost_usd: number | null;
  risk: EscalationOption['risk'];
  /** In [0, 1]; null without any history. */
  chance: number | null;
  chance_of: number;
  chance_basis: string | null;
  needs_note: boolean;
  is_recommended: boolean;
}

export interface EscalationView {
  id: string;
  work_order: { id: string; title: string; project: string; status: string } | null;
  status: Escalation['status'];
  severity: Escalation['severity'];
  failure_class: Escalation['failureClass'];
  code: string | null;
  component: string;
  operation: string;
  title: string;
  context: Escalation['context'];
  options: OptionView[];
  recommended: string | null;
  /** Of a question that is asked for several work orders. */
  group_key: string | null;
  waiting: ProjectCount[];
  default_option: string | null;
  default_at: string | null;
  chosen_option: string | null;
  note: string | null;
  resolved_by: string | null;
  resolution: Escalation['resolution'];
  created_at: string;
  resolved_at: string | null;
  reminders: number;
}

export interface EscalationFacts {
  escalation: Escalation;
  workOrder: EscalationView['work_order'];
  waiting: ProjectCount[];
}

export function viewOfEscalation({ escalation, workOrder, waiting }: EscalationFacts): EscalationView {
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
  };
}

/** An option without an id or a known kind cannot be chosen. */
function isWhole(option: Partial<EscalationOption> | null): boolean {
  return typeof option?.id === 'string' && optionKinds.some((kind) => kind === option.kind);
}

function viewOfOption(option: EscalationOption, recommended: string | null): OptionView {
  const { id, kind, label, command, costNanoUsd, risk, chance, chanceOf, chanceBasis, needsNote } = option;
  return {
    ...{ id, kind },
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

export interface PolicyView {
  id: string;
  /** Null: in every project. */
  project: string | null;
  failure_class: ListedPolicy['failureClass'];
  code: string;
  option: string;
  label: string;
  note: string | null;
  created_by: string;
  created_at: string;
  uses: number;
  last_used_at: string | null;
  revoked_by: string | null;
  revoked_at: string | null;
}

export function viewOfPolicy(policy: ListedPolicy): PolicyView {
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

export interface AlertView {
  id: string;
  key: string | null;
  severity: SystemAlert['severity'];
  component: string;
  operation: string;
  code: string | null;
  message: string;
  times: number;
  created_at: string;
  last_seen_at: string;
  resolved_at: string | null;
  resolved_by: string | null;
  metadata: Record<string, unknown>;
}

export function viewOfAlert(alert: SystemAlert): AlertView {
  const { id, key, severity, component, operation, code, message, times, metadata } = alert;
  return {
    ...{ id, key, severity, component, operation, code, message, times, metadata },
    created_at: alert.createdAt.toISOString(),
    last_seen_at: alert.lastSeenAt.toISOString(),
    resolved_at: alert.resolvedAt?.toISOString() ?? null,
    resolved_by: alert.resolvedBy,
  };
}
