// Counts what has happened since this process started, from the live feed: each event once, whichever machine it was
// on.
import { Counter, Histogram, type Registry } from 'prom-client';
import { failureClasses } from '../../domain/failure.ts';
import { sessionPurposes } from '../../domain/machine/session.ts';
import { statuses, steps } from '../../domain/transitions.ts';
import { recoveryActs } from '../../engine/policy/recovery-policy.ts';
import type { LiveRow } from '../../store/live/live-events.ts';

const outcomes = ['recovered', 'failed'] as const;
const stepSeconds = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800];
const sessionSeconds = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600];
const noticedSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60];

export interface LiveCounters {
  observe(events: readonly Pick<LiveRow, 'topic' | 'detail'>[]): void;
}

export function createLiveCounters(registry: Registry): LiveCounters {
  const observers: Partial<Record<LiveRow['topic'], (detail: Record<string, unknown>) => void>> = {
    work_order: countWork(registry),
    error: countErrors(registry),
    escalation: countEscalations(registry),
    session: countSessions(registry),
  };
  return {
    observe: (events) => {
      for (const { topic, detail } of events) observers[topic]?.(detail);
    },
  };
}

type Observer = (detail: Record<string, unknown>) => void;

/**
 * @param labels the values of each label, all of which are exported as 0 from the start, because Prometheus sees no
 * increase in a line that begins with its first event
 */
function counter<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labels = {} as Readonly<Record<Label, readonly string[]>>,
): Counter<Label> {
  const labelNames = Object.keys(labels) as Label[];
  const each = new Counter<Label>({ name, help, labelNames, registers: [registry] });
  for (const values of combinations(labels)) each.inc(values, 0);
  return each;
}

/** One of each value for each label. */
function combinations<Label extends string>(
  labels: Readonly<Record<Label, readonly string[]>>,
): Record<Label, string>[] {
  return (Object.entries(labels) as [Label, readonly string[]][]).reduce<Record<Label, string>[]>(
    (all, [label, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{} as Record<Label, string>],
  );
}

function countWork(registry: Registry): Observer {
  const transitions = counter(
    registry,
    'moose_work_order_transitions_total',
    'Status changes, by the new status.',
    { status: statuses },
  );
  const durations = new Histogram({
    name: 'moose_step_duration_seconds',
    help: 'Duration of finished steps.',
    buckets: stepSeconds,
    labelNames: ['step'],
    registers: [registry],
  });
  for (const step of steps) durations.zero({ step });
  return ({ kind, status, from_status: from, step, duration_ms: durationMs }) => {
    if (kind === 'transition' && typeof status === 'string' && status !== from) transitions.inc({ status });
    if (kind === 'step.finished' && typeof step === 'string' && typeof durationMs === 'number')
      durations.observe({ step }, durationMs / 1_000);
  };
}

function countErrors(registry: Registry): Observer {
  const failedSteps = counter(registry, 'moose_steps_failed_total', 'Failures, by step.', { step: steps });
  const errors = new Counter({
    name: 'moose_errors_total',
    help: 'Failures by class, component and category.',
    labelNames: ['failure_class', 'component', 'category'],
    registers: [registry],
  });
  const withoutText = counter(registry, 'moose_errors_without_text_total', 'Failures without a message.');
  const evidence = counter(
    registry,
    'moose_process_errors_total',
    'Process failures, by whether all evidence was captured.',
    { evidence: ['whole', 'partial'] },
  );
  const recoveries = counter(
    registry,
    'moose_recoveries_total',
    'Recovery attempts, by strategy and outcome.',
    { strategy: recoveryActs, outcome: outcomes },
  );
  const resolved = counter(
    registry,
    'moose_failures_resolved_total',
    'Resolved failures, by class and by whether they recovered without a person.',
    { failure_class: failureClasses, outcome: outcomes },
  );
  return (detail) => {
    if (detail.act === 'insert') {
      const { failure_class, component, category, has_text, has_evidence } = detail;
      errors.inc({
        failure_class: text(failure_class),
        component: text(component),
        category: text(category),
      });
      if (typeof detail.step === 'string') failedSteps.inc({ step: detail.step });
      if (has_text === false) withoutText.inc();
      if (typeof has_evidence === 'boolean') evidence.inc({ evidence: has_evidence ? 'whole' : 'partial' });
    }
    if (typeof detail.recovered !== 'boolean') return;
    const outcome = detail.recovered ? 'recovered' : 'failed';
    recoveries.inc({ strategy: text(detail.strategy), outcome });
    resolved.inc({ failure_class: text(detail.failure_class), outcome });
  };
}

function countEscalations(registry: Registry): Observer {
  const escalations = counter(registry, 'moose_escalations_total', 'Escalations opened.', {
    failure_class: failureClasses,
  });
  return (detail) => {
    if (detail.act === 'insert') escalations.inc({ failure_class: text(detail.failure_class) });
  };
}

function countSessions(registry: Registry): Observer {
  const starts = counter(registry, 'moose_session_starts_total', 'Session starts, by outcome.', {
    purpose: sessionPurposes,
    outcome: ['started', 'failed'],
  });
  const lost = counter(
    registry,
    'moose_sessions_lost_total',
    'Sessions whose process died without an exit record.',
    { purpose: sessionPurposes },
  );
  const lifetimes = new Histogram({
    name: 'moose_session_lifetime_seconds',
    help: 'Lifetime of sessions.',
    buckets: sessionSeconds,
    labelNames: ['purpose', 'state'],
    registers: [registry],
  });
  const lag = new Histogram({
    name: 'moose_reality_lag_seconds',
    help: 'Delay between the end of a process and its row in the database.',
    buckets: noticedSeconds,
    labelNames: ['purpose'],
    registers: [registry],
  });
  return ({ act, purpose: given, state, lived_ms: livedMs, noticed_after_ms: noticedAfterMs }) => {
    if (act !== 'update') return;
    const purpose = text(given);
    if (state === 'running') starts.inc({ purpose, outcome: 'started' });
    else if (typeof livedMs !== 'number') starts.inc({ purpose, outcome: 'failed' });
    if (state === 'lost') lost.inc({ purpose });
    if (typeof livedMs === 'number') lifetimes.observe({ purpose, state: text(state) }, livedMs / 1_000);
    if (typeof noticedAfterMs === 'number') lag.observe({ purpose }, Math.max(0, noticedAfterMs) / 1_000);
  };
}

function text(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : 'none';
}
