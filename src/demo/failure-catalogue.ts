// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const demoFailures = catalogue('demo', {
  DEMO_DATA_IN_USE: {
    kind: 'configuration',
    message:
      '{dataDirectory} contains the project "{name}", which is not part of a demo: the demo would run its open work orders with a scripted model.',
    advice:
      'Choose another directory with --data, or leave --data out: the demo then uses a directory of its own.',
  },
  DEMO_DIRECTORY_NOT_EMPTY: {
    kind: 'configuration',
    message: 'The scratch repository cannot be created in {path}: the directory is not empty.',
    advice: 'Choose a directory that does not exist yet, or an empty one.',
  },
});
