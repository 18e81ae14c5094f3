// How far Moose is from its targets, as gauges: time and cost of recoveries by failure class; quality of messages.
import { Gauge, type Registry } from 'prom-client';
import { budgetDays } from '../../domain/limits/targets.ts';
import type { Query } from '../../store/database.ts';
import { escalationFigures } from '../../store/figures/escalation-figures.ts';
import { classFigures, messageFigures, recoveryCosts } from '../../store/figures/target-figures.ts';

const messageDays = 7;
const questionDays = 1;
/** These figures cover days, and are more expensive to compute than the others. */
const freshMs = 60_000;

export function createTargetGauges(registry: Registry): { read(query: Query, now: Date): Promise<void> } {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers: [registry] });
  const times = gauge('moose_recovery_seconds', 'Time to recovery over 30 days, per class.', [
    'failure_class',
    'percentile',
  ]);
  const costs = gauge(
    'moose_recovery_cost_usd',
    'Mean cost of model calls from a failure to its recovery over 30 days, per class.',
    ['failure_class'],
  );
  const messages = gauge(
    'moose_error_message_share',
    'Share of the newest errors of 7 days that have a cause, evidence, advice, or all of them.',
    ['part'],
  );
  const questions = gauge(
    'moose_question_seconds',
    'Mean time until a question was answered, or delivered to a channel, over a day.',
    ['until'],
  );
  let readAt: Date | null = null;
  return {
    async read(query, now) {
      if (readAt !== null && now.getTime() - readAt.getTime() < freshMs) return;
      times.reset();
      for (const { failureClass, p50Ms, p95Ms } of await classFigures(query, now, budgetDays)) {
        if (p50Ms !== null) times.set({ failure_class: failureClass, percentile: '50' }, p50Ms / 1_000);
        if (p95Ms !== null) times.set({ failure_class: failureClass, percentile: '95' }, p95Ms / 1_000);
      }
      costs.reset();
      for (const { failureClass, meanUsd } of await recoveryCosts(query, now, budgetDays))
        costs.set({ failure_class: failureClass }, meanUsd);
      const found = await messageFigures(query, now, messageDays);
      messages.reset();
      if (found.errors > 0)
        for (const [part, count] of [
          ['cause', found.withCause],
          ['evidence', found.withEvidence],
          ['advice', found.withAdvice],
          ['all', found.complete],
        ] as const)
          messages.set({ part }, count / found.errors);
      const asked = await escalationFigures(query, questionDays);
      questions.reset();
      if (asked.meanTimeToResolveMs !== null)
        questions.set({ until: 'answered' }, asked.meanTimeToResolveMs / 1_000);
      if (asked.meanDeliveryMs !== null) questions.set({ until: 'delivered' }, asked.meanDeliveryMs / 1_000);
      readAt = now;
    },
  };
}
