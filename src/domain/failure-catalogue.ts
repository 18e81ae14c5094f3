// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from './catalogue.ts';

export const domainFailures = catalogue('domain', {
  INVALID_STATE_TRANSITION: {
    kind: 'permanent',
    message: 'Invalid state transition: {kind} {from} → {to}',
    advice: '{advice}',
    reference: {
      advice: 'See the current state with `moose show`; docs/reference/states.md lists the legal changes.',
    },
  },
  SECRET_IN_CHANGE: {
    kind: 'permanent',
    severity: 'high',
    failureClass: 'contract_violation',
    message: 'The change is refused: {path} would contain the secret {name}.',
    advice:
      'Retry it with instructions to read the secret from the environment; if {name} is not a secret, unset it where Moose runs.',
  },
  SECRET_IN_CHANGE_AGAIN: {
    kind: 'permanent',
    code: 'SECRET_IN_CHANGE',
    severity: 'high',
    failureClass: 'contract_violation',
    message: 'The change is refused: {at} would contain what looks like a secret ({kind}).',
    advice:
      'Retry it with instructions to read the secret from the environment: `moose retry ID --note "…"`; if it is not a secret, say so in the answer to the question.',
  },
  VARIABLE_AUDIENCE_UNKNOWN: {
    kind: 'permanent',
    message: 'No session would get the variable.',
    advice: 'Specify one or more of {audiences}.',
  },
  VARIABLE_AUDIENCE_UNKNOWN_NAMED: {
    kind: 'permanent',
    code: 'VARIABLE_AUDIENCE_UNKNOWN',
    message: '"{unknown}" is not a kind of session.',
    advice: 'Specify one or more of {audiences}.',
  },
  VARIABLE_NAME_REFUSED: {
    kind: 'permanent',
    message: '"{name}" cannot be the name of a variable: {why}.',
    advice: '{advice}',
    reference: { advice: 'Choose another name.' },
  },
  VARIABLE_VALUE_INVALID: {
    kind: 'permanent',
    message: 'The value of {name} {why}.',
    advice: '{advice}',
    reference: {
      message:
        'The value of a variable is empty, too large, not text, or a secret that is too short or too common to be hidden.',
      advice: 'Give another value, or set it with --plain if it is not a secret.',
    },
  },
});
