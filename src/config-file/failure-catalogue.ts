// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const configFileFailures = catalogue('config-file', {
  PROJECT_CONFIG_INVALID: {
    kind: 'configuration',
    message: '.moose/config.yml:{line}:{column}: {problem}.',
    advice:
      '{hint}Fix it and commit it to the base branch. The keys are in docs/reference/config.md; a key that you remove gets its default.',
    reference: {
      message:
        'The file `.moose/config.yml` on the base branch cannot be used; the message gives the line and column.',
      advice: 'Fix it and commit it to the base branch. The keys are in `docs/reference/config.md`.',
    },
  },
});
