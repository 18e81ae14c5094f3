// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const learnerFailures = catalogue('learner', {
  LEARNER_CANNOT_CHOOSE: {
    kind: 'permanent',
    severity: 'medium',
    message: 'The learned policy could not choose a model and an agent: {reason}',
    advice:
      'The static rule has chosen instead. Turn learning off for the project (`moose project set NAME --learning off`), and report this.',
  },
  LEARNER_NOT_TOLD: {
    kind: 'permanent',
    severity: 'medium',
    message: 'Could not tell the learned policy the outcome of a try: {reason}',
    advice:
      'Check for a trigger, a constraint or a missing privilege on the tables learners and learner_events; the work continues without it.',
  },
  PRICES_NOT_LEARNED: {
    kind: 'permanent',
    severity: 'medium',
    message: 'Could not tell the learned policy which models and agents are available: {message}',
    advice:
      'Check for a trigger, a constraint or a missing privilege on the tables learners and learner_events; the work continues without it.',
  },
});
