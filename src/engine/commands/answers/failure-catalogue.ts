// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../../domain/catalogue.ts';

export const answerFailures = catalogue('answers', {
  ANSWER_NOT_A_POLICY: {
    kind: 'permanent',
    message:
      'An answer of the kind {kind} cannot become a standing answer: it applies to one work order at a time.',
    advice: 'Answer without --always.',
  },
  ANSWER_NOT_A_POLICY_WITHOUT_CODE: {
    kind: 'permanent',
    code: 'ANSWER_NOT_A_POLICY',
    message: 'This question has no error code, so later questions cannot be matched to it.',
    advice: 'Answer without --always.',
  },
  APPROVAL_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can approve a plan that the Director does not approve.',
    advice: 'Answer it yourself: `moose escalations {id}` shows the options.',
  },
  ASKED_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can say that the task of work order {id} asks for what refused its change.',
    advice:
      'Answer the question yourself: `moose escalations` lists it. A program can have the change sent back.',
  },
  CHANGE_NOT_VERIFIED: {
    kind: 'permanent',
    message: 'The change of work order {id} is not the one that its checks ran on.',
    advice: 'Run the checks on it: `moose retry {id} --from verifying`.',
  },
  CONTRACT_CHANGED: {
    kind: 'permanent',
    message: 'The contract "{name}" was changed after this question was asked.',
    advice: 'Check the change again: `moose retry {workOrderId} --from verifying`.',
  },
  CONTRACT_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can accept that the contract "{name}" changes.',
    advice:
      'Answer the question yourself: `moose escalations` lists it. A program can have the change sent back.',
  },
  CRITICAL_ERRORS_NOT_TAKEN: {
    kind: 'permanent',
    message: 'This process does not accept reports of critical errors.',
    advice: 'Send them to `moose up`.',
  },
  ESCALATION_ANSWERED: {
    kind: 'permanent',
    message: 'Question {id} was withdrawn: {because}',
    advice: 'See the result with `moose escalations {id}`.',
  },
  ESCALATION_ANSWERED_BY_CHOICE: {
    kind: 'permanent',
    code: 'ESCALATION_ANSWERED',
    message: 'Question {id} was already answered by {who} with {chosenOption}.',
    advice: 'See the result with `moose escalations {id}`.',
  },
  ESCALATION_WITHOUT_WORK: {
    kind: 'permanent',
    message: 'No work order waits for the answer to question {escalationId}.',
    advice: 'See it with `moose escalations --all`.',
  },
  FIX_MISSING: {
    kind: 'permanent',
    message: 'No fix for work order {id} was found on {branch}: {why}.',
    advice: 'Commit the fix on that branch first, in its worktree; then answer again.',
  },
  FIX_MOVED_BASE: {
    kind: 'permanent',
    message: '{branch} is no longer based on {baseSha}, where the change of work order {id} started.',
    advice: 'Rebase the fix onto it (`git rebase --onto {baseSha} …`); then answer again.',
  },
  FIX_NOT_COMMITTED: {
    kind: 'permanent',
    message: '{worktreePath} has uncommitted changes.',
    advice: 'Commit them (`git -C {worktreePath} commit -am "…"`) or discard them; then answer again.',
  },
  NOTE_NEEDED: {
    kind: 'permanent',
    message: 'This option needs your instructions.',
    advice: 'Provide them: `{command}`.',
  },
  OPTION_UNKNOWN: {
    kind: 'permanent',
    message: '"{given}" is not an option of question {id}.',
    advice: 'Choose one of these: {options}.',
  },
  UNEXPECTED: {
    kind: 'permanent',
    severity: 'critical',
    message: 'An unreadable value was thrown.',
    advice: 'Look at what the component throws: it is not an error.',
  },
});
