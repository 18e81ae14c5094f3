// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const runFailures = catalogue('run', {
  MIRROR_MISSING: {
    kind: 'configuration',
    message: 'This machine has not fetched {remoteUrl} yet.',
    advice: 'The first work order that runs here fetches it.',
  },
  PROJECT_FILES_TOO_LARGE: {
    kind: 'configuration',
    message:
      'The files to copy into each worktree, which {namedBy} names, are too many or too large: {what}.',
    advice:
      'List only settings and test data, and let the setup install or make the rest. `moose project show NAME` lists them.',
  },
  REPOSITORY_UNREACHABLE: {
    kind: 'configuration',
    message: 'The machine {host} {lacks}: {message}{toDo}',
    advice:
      'Give git on {host} access to {place} (a credential helper or an ssh key), or start `moose worker` on a machine that has it.',
  },
  REPOSITORY_UNREACHABLE_LOCAL: {
    kind: 'configuration',
    code: 'REPOSITORY_UNREACHABLE',
    message: 'The machine {host} {lacks}: {message}{toDo}',
    advice: 'Start `moose worker` on a machine that has it at this path, or clone it to this path on {host}.',
  },
  STEP_RESULT_MISSING: {
    kind: 'permanent',
    message: 'This step needs the result of {step}, which is missing or cannot be read.',
    advice: 'Start from that step: `moose retry ID --from {step}`.',
  },
});
