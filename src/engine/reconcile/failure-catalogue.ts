// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../domain/catalogue.ts';

export const reconcileFailures = catalogue('reconcile', {
  DRIFT_WITHOUT_REPAIR: {
    kind: 'permanent',
    message: 'Moose has no repair for this: {what}.',
    advice: 'Repair it by hand, or leave it as it is: `moose reconcile --leave {id}`.',
  },
  RECONCILE_NOT_HERE: {
    kind: 'permanent',
    message: 'This process does not know the machine that it runs on.',
    advice: 'Run `moose reconcile` on a machine with a data directory of Moose.',
  },
});

export const reconcileFindings = findings('reconcile', {
  STATE_INCONSISTENT: {
    message: '{what}{more}: {evidence}.',
    reference: {
      message:
        'The database differs from the processes, files or forges that it describes, and a person must decide about the repair.',
      advice:
        'Run `moose reconcile --plan` to see the difference, then repair it with `--repair` or keep it with `--leave`.',
    },
  },
});
