// The targets of Moose: Monitoring shows what was reached, and an alert says when one is missed (R-ESC-6, R-ESC-7, R-UI-5).
import { recoveryShares } from '../../../domain/limits/targets.ts';
import { duration, fraction, integer } from './kinds.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const weekMs = 7 * 24 * 60 * minuteMs;

export const targets = {
  recoveryShare: fraction({
    key: 'settings.targets.recovery_share',
    default: 0.9,
    ...recoveryShares,
    title: 'Failures that recover without a person',
    help: 'The share of failures of each class that recover without a person. It determines the error budget of the class and the alerts about it.',
  }),
  questionShare: fraction({
    key: 'settings.targets.question_share',
    default: 0.05,
    min: 0,
    max: 1,
    title: 'Work orders with a question, at most',
    help: 'The share of work orders about which a person is asked.',
  }),
  questionsOpen: integer({
    key: 'settings.targets.questions_open',
    default: 10,
    min: 1,
    max: 1_000_000,
    title: 'Open questions, at most',
    help: 'If more questions than this are open, an alert says so.',
  }),
  answerMs: duration({
    key: 'settings.targets.answer_ms',
    default: 30 * minuteMs,
    min: secondMs,
    max: weekMs,
    title: 'Time to answer a question',
    help: 'If the questions of the last day took longer than this on average, an alert says so.',
  }),
  deliveryMs: duration({
    key: 'settings.targets.delivery_ms',
    default: minuteMs,
    min: secondMs,
    max: weekMs,
    title: 'Time to deliver a question',
    help: 'If the questions of the last day reached their channels later than this on average, an alert says so.',
  }),
  detectionMs: duration({
    key: 'settings.targets.detection_ms',
    default: 5 * secondMs,
    min: 100,
    max: weekMs,
    title: 'Time to notice a failure',
    help: 'The time from the end of a process, or from a failed call, until the failure is recorded.',
  }),
};
