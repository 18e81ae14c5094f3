// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../../domain/catalogue.ts';

export const intakeFailures = catalogue('intake', {
  PLAN_MONEY_USED_UP: {
    kind: 'permanent',
    failureClass: 'budget_exceeded',
    message: 'Another call of the Architect exceeds the {left} left of the {limit} for this plan.',
    advice: 'Plan it again with `moose spec plan {specId}`, or make the spec shorter.',
  },
  PLAN_NOT_REPAIRED: {
    kind: 'permanent',
    message: "The Architect's plan is still not valid after {roundsMax} repairs: {message}{more}",
    advice:
      'Correct its newest version yourself (`moose spec edit {specId} --file FILE`), make the spec more precise, or plan it again with `moose spec plan {specId}`.',
  },
  PLAN_OVER_MONTH: {
    kind: 'permanent',
    failureClass: 'budget_exceeded',
    message: 'What planning this spec may cost exceeds what is left of {limit}.',
    advice: 'Raise it (`{command}`), or wait for the next month.',
  },
  PLAN_STARTS_EXHAUSTED: {
    kind: 'permanent',
    severity: 'high',
    message:
      '{startsMax} processes ended while they planned this spec: reading its repository may need more memory than the machine has.',
    advice:
      'Read the logs of the machine for why its processes ended; then plan it again with `moose spec plan {specId}`.',
  },
  PROJECT_REMOVED: {
    kind: 'permanent',
    message: 'The project "{name}" was removed, so there is no repository to plan for.',
    advice: 'Add the project again (`moose project add`), and have the spec planned then.',
  },
  REMOTE_WITHOUT_DEFAULT_BRANCH: {
    kind: 'configuration',
    message: '{remoteUrl} names no default branch: it may be empty.',
    advice:
      'Push a first commit there, or name the branch to start from: `moose project set {name} --base BRANCH`.',
  },
});
