// The service level objectives (SLO) of Moose: the share of good outcomes by component and by class of failure. The
// alert rules derive error budgets from them.
import { Gauge, type Registry } from 'prom-client';
import { failureClasses } from '../../domain/failure.ts';
import { messageObjective, recoveryObjective } from '../../domain/limits/targets.ts';

export interface Targets {
  recoveryShare: number;
  questionsOpen: number;
  questionShare: number;
  answerMs: number;
  deliveryMs: number;
}

/** Share of ends of this step that are successful, over 30 days. */
export const stepObjectives = {
  routing: 0.999,
  preparing: 0.95,
  generating: 0.95,
  applying: 0.9,
  verifying: 0.7,
  creating_pr: 0.99,
  tracking: 0.999,
} as const;

/** Objectives that people can change are set before each scrape. */
export function createObjectives(registry: Registry): (targets: Targets) => void {
  const steps = new Gauge({
    name: 'moose_slo_step_objective',
    help: 'Target share of successful ends, per step.',
    labelNames: ['step'],
    registers: [registry],
  });
  for (const [step, objective] of Object.entries(stepObjectives)) steps.set({ step }, objective);
  const classes = new Gauge({
    name: 'moose_slo_recovery_objective',
    help: 'Target share of failures that recover without a person, per class.',
    labelNames: ['failure_class'],
    registers: [registry],
  });
  const messages = new Gauge({
    name: 'moose_slo_message_objective',
    help: 'Target share of errors with a cause, evidence and advice.',
    registers: [registry],
  });
  messages.set(messageObjective);
  const questions = new Gauge({
    name: 'moose_question_target',
    help: 'The most that questions should be: open, their share of work orders, and seconds to answer and deliver them.',
    labelNames: ['of'],
    registers: [registry],
  });
  return ({ recoveryShare, questionsOpen, questionShare, answerMs, deliveryMs }) => {
    for (const failureClass of failureClasses)
      classes.set({ failure_class: failureClass }, recoveryObjective(failureClass, recoveryShare) ?? 0);
    questions.set({ of: 'open' }, questionsOpen);
    questions.set({ of: 'share' }, questionShare);
    questions.set({ of: 'answer' }, answerMs / 1_000);
    questions.set({ of: 'delivery' }, deliveryMs / 1_000);
  };
}
