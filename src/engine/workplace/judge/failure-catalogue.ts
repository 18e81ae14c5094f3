// What the errors of the judgement say.
import { catalogue } from '../../../domain/catalogue.ts';

export const judgeFailures = catalogue('workplace', {
  CHECK_FAILED_TOGETHER: {
    kind: 'permanent',
    code: 'CHECK_FAILED',
    message: 'The change is green alone, and red together with {names}: {red}.',
    advice:
      'Read what is red: `moose logs ID`. Retry with instructions, or after the other one is merged: `moose retry ID --note "…"`.',
  },
  CHECK_FAILED_JUDGED: {
    kind: 'permanent',
    code: 'CHECK_FAILED',
    failureClass: 'contract_violation',
    message: 'The change is not verified, {checks}. {because}',
    advice:
      'Read the output of the checks: `moose logs ID`. Retry with instructions: `moose retry ID --note "…"`.',
  },
  JUDGE_FAILED: {
    kind: 'permanent',
    failureClass: 'contract_violation',
    message: 'Reading what the checks printed and reported takes too much time or memory.',
    advice: 'Let the checks print less: `moose logs ID` shows it. Then retry: `moose retry ID`.',
  },
  JUDGE_BUSY: {
    kind: 'transient',
    message: 'The machine is too busy to read the reports of the checks now.',
    advice: 'Moose tries again. If it happens again, let fewer work orders run at a time.',
  },
  JUDGE_STOPPED: {
    kind: 'transient',
    message: 'Moose stopped before it had read the reports of the checks.',
    advice: 'Moose reads them again when it continues.',
  },
});
