// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../domain/catalogue.ts';

export const recoveryFailures = catalogue('recovery', {
  CIRCUIT_KEY_INVALID: {
    kind: 'permanent',
    message: '"{key}" is not the name of a circuit.',
    advice: 'Write KIND:NAME, as in provider:anthropic; the kinds are {kinds}.',
  },
  CIRCUIT_OPEN: {
    kind: 'transient',
    message: '{by} keeps the circuit {key} open.',
    advice: 'Close it with `moose circuits {key} --reset`; work that waits for it continues automatically.',
  },
  CIRCUIT_UNKNOWN: {
    kind: 'permanent',
    message: 'No circuit {key} has ever opened.',
    advice: 'List the circuits that have opened with `moose circuits`.',
  },
});

export const recoveryFindings = findings('recovery', {
  // The question says what is unavailable.
  OUTAGE: {
    message: '',
    reference: {
      message: 'A provider, a model, a forge or an agent is unavailable; the work orders that need it wait.',
      advice:
        'No action is needed: the work orders continue automatically. `moose escalations` shows the options.',
    },
  },
});
