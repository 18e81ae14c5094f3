// What the schema does not say about columns: the shapes of JSON, and texts that have a type of their own.
import type { Abilities } from '../../domain/agents/abilities.ts';
import type { GivenAssets } from '../../domain/agents/agent-assets.ts';
import type { Check, ForgeCredential, SecretSource } from '../../domain/forge/forge.ts';
import type { CandidateFacts, GroupFailure } from '../../domain/group.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { OpenTask } from '../../domain/learning/learner-state.ts';
import type { Refusal } from '../../domain/machine/egress.ts';
import type { MachineState } from '../../domain/machine/machine-state.ts';
import type { PressureReport } from '../../domain/machine/pressure.ts';
import type { LimitsInForce, SessionUse } from '../../domain/machine/session-limits.ts';
import type { EscalationOption } from '../../domain/people/escalation.ts';
import type { OwnerReason } from '../../domain/people/question-owner.ts';
import type { BreakingChange } from '../../domain/plan/breaking-change.ts';
import type { Plan, PlanAnswer } from '../../domain/plan/plan.ts';
import type { PlanProblem } from '../../domain/plan/plan-problems.ts';
import type { ProjectSettings } from '../../domain/project-settings/project-settings.ts';
import type {
  ScheduleField,
  ScheduleFieldValue,
  ScheduleTemplate,
} from '../../domain/work-order/schedule.ts';
import type { SeenFailure } from '../../domain/work-order/seen-failure.ts';
import type { RedCheck } from '../../domain/work-order/together.ts';
import type { FailureNote, RunSettings, WorkOrderSettings } from '../../domain/work-order/work-order.ts';
import type { CircuitState } from '../../resilience/circuit.ts';

/** One entry of a question's history of owners. */
export interface OwnerEntry {
  owner: string;
  because: OwnerReason;
  /** Who decided: `moose`, or `human:ada`. */
  by: string;
  at: string;
}

/** As stored in JSON: nano-dollars per million tokens, below 2^53. */
export interface KeptStep {
  aboveInputTokens: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  output: number;
  /** Nano-dollars for each call. */
  perCall?: number;
}

/** What somebody changed about a schedule. */
export interface ChangedField {
  field: ScheduleField;
  from: ScheduleFieldValue;
  to: ScheduleFieldValue;
}

export type ArtifactKind = TextShapes['artifacts.kind'];

/** Texts whose values no constraint lists, and groups, which have the ID of their first work order. */
export interface TextShapes {
  'artifacts.kind': 'patch' | 'bundle' | 'proposal' | 'agent_output' | 'check_output';
  'group_members.group_id': WorkOrderId;
  'work_order_groups.id': WorkOrderId;
}

/** The shape of each JSON column, by its names in SQL. */
export interface JsonShapes {
  'answer_policies.option': EscalationOption;
  'audit_log.detail': Record<string, unknown>;
  'base_checks.seen': SeenFailure;
  'checked_trees.red': RedCheck;
  'circuit_states.because': { code: string; message: string; retryAfterMs?: number };
  'circuit_states.state': CircuitState;
  'contract_checks.accepted_breaking': readonly BreakingChange[];
  'contract_checks.breaking': readonly BreakingChange[];
  'cost_tracking.metadata': Record<string, unknown>;
  'decision_logs.acted': Record<string, number>;
  'decision_logs.candidates': unknown[];
  'decision_logs.decision_output': Record<string, unknown>;
  'decision_logs.features': Record<string, unknown>;
  'decision_logs.input_context': Record<string, unknown>;
  'decision_logs.propensities': Record<string, number>;
  'degradations.metadata': Record<string, unknown>;
  'effects.detail': Record<string, unknown>;
  'error_events.machine': MachineState;
  'error_events.metadata': Record<string, unknown>;
  'escalations.context': Record<string, unknown>;
  'escalations.options': EscalationOption[];
  'escalations.owners': OwnerEntry[];
  'escalations.resolution': Record<string, unknown>;
  'executors.abilities': Abilities;
  'executors.pressure': PressureReport;
  'forge_hosts.credential': ForgeCredential;
  'forge_hosts.webhook_secret': SecretSource;
  'group_members.facts': CandidateFacts;
  'group_members.failure': GroupFailure;
  'idempotency_keys.response': object;
  'learner_events.task': OpenTask;
  'learners.state': object;
  'live_events.detail': Record<string, unknown>;
  'model_prices.steps': KeptStep[];
  'outbox.payload': Record<string, unknown>;
  'outcome_vectors.error_context': Record<string, unknown>;
  'outcome_vectors.features': Record<string, unknown>;
  'plannings.answer': PlanAnswer;
  'plannings.declined': Record<string, string>;
  'plannings.failure': { code: string; message: string; advice: string | null };
  'policy_experiments.result': object;
  'progress_observations.output_bytes': Record<string, number>;
  'progress_observations.trees': string[];
  'projects.settings': ProjectSettings;
  'pull_requests.checks': Check[];
  'pull_requests.followed': object;
  'runs.settings': RunSettings;
  'schedule_changes.fields': ChangedField[];
  'schedules.template': ScheduleTemplate;
  'sessions.handle': Record<string, unknown>;
  'sessions.assets': GivenAssets;
  'sessions.limits': LimitsInForce;
  'sessions.refused': Refusal[];
  'sessions.used': SessionUse;
  'spec_plans.plan': Plan;
  'spec_plans.problems': readonly PlanProblem[];
  'specs.estimate': Record<string, unknown>;
  'step_results.result': object;
  'system_alerts.metadata': Record<string, unknown>;
  'system_config.value': object;
  'system_config_history.value': object;
  'webhook_deliveries.payload': Record<string, unknown>;
  'work_order_events.detail': Record<string, unknown>;
  'work_order_events.from_state': Record<string, string | null>;
  'work_order_events.to_state': Record<string, string | null>;
  'work_orders.failure': FailureNote;
  'work_orders.metadata': Record<string, unknown>;
  'work_orders.recoveries': number[];
  'work_orders.retry_budget': { tokens: number; retries: number };
  'work_orders.settings': WorkOrderSettings;
}
