// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../domain/catalogue.ts';

export const questionFailures = catalogue('questions', {
  ANSWER_NEEDS_HUMAN: {
    kind: 'permanent',
    message: 'Work order {id} was answered {all} times without a person.',
    advice: 'Answer it yourself: `moose escalations {id}` shows the options.',
  },
});

export const questionFindings = findings('questions', {
  QUESTIONS_ANSWERED_LATE: {
    message: 'Questions of the last day were answered after {time} on average; the target is {target}.',
    advice: 'Name people on call in Settings, so that a question goes to the next person after a while.',
  },
  QUESTIONS_DELIVERED_LATE: {
    message: 'Questions of the last day were delivered after {time} on average; the target is {target}.',
    advice: 'Check the channels with `moose doctor`.',
  },
  QUESTIONS_PILE_UP: {
    message: '{open} questions are open; the target is at most {target}.',
    advice: 'Answer them with `moose answer`; `--always` also answers later ones of the same kind.',
  },
});
