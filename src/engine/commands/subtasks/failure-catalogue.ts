// What the errors of this room say: a code, its kind, its message and its advice each stand here once. An agent reads them.
import { catalogue } from '../../../domain/catalogue.ts';

export const subtaskFailures = catalogue('subtasks', {
  SUBTASKS_OFF: {
    kind: 'permanent',
    message: 'Agents of the project {project} may not ask for sub-tasks.',
    advice: 'A person allows them: `moose project set {project} --subtasks ask`.',
  },
  SUBTASKS_TOO_MANY: {
    kind: 'permanent',
    message: 'Work order {id} has asked for {max} sub-tasks, which is the maximum.',
    advice: 'Do the rest in the work order itself, or say at its end what is left to do.',
  },
  SUBTASK_LIMIT_MISSING: {
    kind: 'permanent',
    message: 'Work order {id} has no limit in dollars, of which a sub-task could get a part.',
    advice:
      'A person gives it one with `moose run --limit`, or all work orders of the project with `moose project set --work-order-limit`.',
  },
  SUBTASK_LIMIT_TOO_HIGH: {
    kind: 'permanent',
    message:
      'A sub-task cannot get {wanted}: work order {id} has {left} left, of which it needs a part itself.',
    advice: 'Ask for a lower limit, or do it in the work order itself.',
  },
  SUBTASK_LIMIT_TOO_LOW: {
    kind: 'permanent',
    message: '{wanted} is too little for a sub-task; it needs {least} or more.',
    advice: 'Ask for a higher limit, or do it in the work order itself.',
  },
  SUBTASK_NOT_HERE: {
    kind: 'permanent',
    message: 'Work order {id} cannot have sub-tasks: {because}.',
    advice: 'Do it in the work order itself, or say at its end what is left to do.',
  },
  SUBTASK_REQUEST_INVALID: {
    kind: 'permanent',
    message: 'This is not a request for a sub-task.',
    advice:
      'Give a title of one line with at most {titleCharsMax} characters, instructions with at most {instructionsCharsMax}, and a limit in dollars or none.',
  },
});
