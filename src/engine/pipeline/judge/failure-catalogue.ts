// What the errors of the judgement say.
import { catalogue } from '../../../domain/catalogue.ts';

export const judgeFailures = catalogue('pipeline', {
  CHECK_FAILED_JUDGED: {
    kind: 'permanent',
    code: 'CHECK_FAILED',
    failureClass: 'contract_violation',
    message: 'The checks are green, and the change is not verified. {because}',
    advice:
      'Read the output of the checks: `moose logs ID`. Retry with instructions: `moose retry ID --note "…"`.',
  },
});
