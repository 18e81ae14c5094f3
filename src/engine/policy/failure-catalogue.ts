// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const policyFailures = catalogue('policy', {
  WORKTREEINCLUDE_INVALID: {
    kind: 'configuration',
    message: '.worktreeinclude {fault}.',
    advice:
      'Correct the file, commit it, and submit the work again: it is read from the commit that work starts from.',
    reference: {
      message:
        '`.worktreeinclude` on the base branch is a link or a folder, is too large, or is not UTF-8 text.',
    },
  },
});
