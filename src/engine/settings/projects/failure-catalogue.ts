// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../../domain/catalogue.ts';

export const projectFailures = catalogue('projects', {
  CONTAINER_IMAGE_INVALID: {
    kind: 'permanent',
    message: '"{image}" is not a container image.',
    advice:
      'Specify an image such as node:24, ghcr.io/acme/tools:2 or ghcr.io/acme/tools@sha256:DIGEST; "none" runs without one.',
  },
  EGRESS_HOST_INVALID: {
    kind: 'permanent',
    message: '{wrong} is not a host.',
    advice: 'Write packages.example.com, *.example.com, example.com:8443 or an IP address.',
  },
  FILTER_NAME_INVALID: {
    kind: 'configuration',
    message: '{wrong} is not the name of a git filter.',
    advice: 'Give the name that follows `filter=` in .gitattributes, such as git-crypt.',
  },
  LIMIT_NOT_YOURS: {
    kind: 'permanent',
    message: '{what} requires a person.',
    advice: 'Do it yourself: sign in to Mission Control, or use `moose project set` at a terminal.',
  },
  PROJECT_IN_USE: {
    kind: 'permanent',
    message: 'The project "{name}" has {what} not ended.',
    advice: 'Finish or cancel first what `moose ls --project {name}` shows.',
  },
  PROJECT_NAME_INVALID: {
    kind: 'permanent',
    message: '{name} cannot be the name of a project.',
    advice: 'Use 1 to {nameCharsMax} visible characters, without spaces at its ends.',
  },
  PROJECT_NAME_TAKEN: {
    kind: 'permanent',
    message: 'The repository is the project "{name}" already.',
    advice: 'Add it without --name to list it as "{name}".',
  },
  PROJECT_NAME_TAKEN_BY_OTHER: {
    kind: 'permanent',
    code: 'PROJECT_NAME_TAKEN',
    message: 'Another project, perhaps a removed one, is called "{name}".',
    advice: 'Choose another name.',
  },
  PROJECT_OWNER_INVALID: {
    kind: 'permanent',
    message: 'The owner of a project is a name without spaces, of at most {nameCharsMax} characters.',
    advice: 'Give the name with which the person signs in.',
  },
  PROJECT_SERVICES_INVALID: {
    kind: 'permanent',
    message: '{problem}.',
    advice:
      'Give them in the format of `services:` in .moose/config.yml, for example {"db": {"command": "postgres …", "ready": {"port": 5432}}}.',
    reference: {
      message:
        'The services given for a project do not have the format of `services:` in .moose/config.yml; the message says where.',
    },
  },
  TIME_LIMIT_INVALID: {
    kind: 'permanent',
    message: 'A time limit must be above 0 and at most {max}.',
    advice: 'Give it as 90s, 10m or 2h.',
  },
  VARIABLES_NOT_YOURS: {
    kind: 'permanent',
    message: '{what} requires a person.',
    advice: 'Do it yourself: sign in to Mission Control, or use `moose project variable` at a terminal.',
  },
  VARIABLES_TOO_MANY: {
    kind: 'permanent',
    message: 'A project can have at most {variablesMax} variables, with {totalBytesMax} KiB in total.',
    advice: 'Remove one first: `moose project variable rm PROJECT NAME`.',
  },
  VARIABLE_NOT_FOUND: {
    kind: 'permanent',
    message: 'The project has no variable {name}.',
    advice: 'It has none at all.',
  },
  VARIABLE_NOT_FOUND_AMONG: {
    kind: 'permanent',
    code: 'VARIABLE_NOT_FOUND',
    message: 'The project has no variable {name}.',
    advice: 'It has {names}.',
  },
});
