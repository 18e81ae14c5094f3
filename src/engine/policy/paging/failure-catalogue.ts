// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../../domain/catalogue.ts';

export const pagingFailures = catalogue('paging', {
  CURSOR_INVALID: {
    kind: 'permanent',
    message: 'Invalid cursor.',
    advice: 'Start with the first page, without a cursor.',
  },
});
