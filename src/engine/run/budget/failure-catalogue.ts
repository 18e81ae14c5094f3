// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../../domain/catalogue.ts';

export const budgetFailures = catalogue('budget', {
  BUDGET_EXCEEDED: {
    kind: 'permanent',
    severity: 'high',
    failureClass: 'budget_exceeded',
    retryable: false,
    message: '{message}',
    advice: '{advice}',
    reference: {
      message:
        'The next step would exceed the limit of the day, the month, the project or the work order, or the money reserved for the run.',
      advice:
        'Choose a cheaper model, split the work order, raise its `--limit` if the limit of the work order is used up, or wait for the next day or month.',
    },
  },
  LEDGER_AWAY: {
    kind: 'transient',
    severity: 'high',
    message: 'The database, which records every call, did not answer within {msMax} s.',
    advice: 'Start the database, or check MOOSE_DATABASE_URL; Moose calls no model until it is back.',
  },
  MONEY_AWAITED: {
    kind: 'external',
    failureClass: 'budget_exceeded',
    message:
      '{needs} {name} ({limit}, of which {used} is spent or reserved). It goes on when reserved money is released, or at {time} UTC.',
    advice: 'Wait, or raise the limit: `moose limits` shows it.',
  },
  MONEY_AWAITED_LIMIT: {
    kind: 'external',
    code: 'MONEY_AWAITED',
    failureClass: 'budget_exceeded',
    message:
      '{needs} {name} ({limit}, of which {used} is spent or reserved), and time does not change that. It goes on when the limit is raised.',
    advice: 'Raise it: `{command}`; the work then goes on by itself.',
  },
  MONEY_AWAITED_MODEL: {
    kind: 'external',
    code: 'MONEY_AWAITED',
    failureClass: 'budget_exceeded',
    message:
      'Calls to {models} are stopped because one cost more than was reserved, or an unknown amount. It goes on when a person allows them again.',
    advice: 'Check the price of the model, then `moose limits --thaw`; or choose another model (--model).',
  },
});

export const budgetFindings = findings('budget', {
  BUDGET_DIFFERS: {
    message: '{difference}{more}: run `moose budget --check` for details.',
    reference: {
      advice:
        '`moose budget --check` shows each difference; report it with what happened before. Nothing is frozen.',
    },
  },
  BUDGET_WARNING: {
    message: '{percent} % of {limit} for this {span} is spent or reserved: {used} of {limitUsd}.',
    reference: {
      advice: '`moose budget` shows what is spent, and by whom; `moose limits` changes the limits.',
    },
  },
  MODEL_ANSWER_UNPRICED: {
    message:
      '{answered} answers calls to {model} and has no price: what was reserved for the call is booked, and no more calls are made to {model}.',
    reference: {
      advice: 'Set the price of the model that answers in `MOOSE_PRICES`: then calls go on.',
    },
  },
  MODEL_ANSWER_DEARER: {
    message:
      '{answered} answers calls to {model} and costs more: Moose now reserves and books these calls at the price of {answered}.',
    reference: {
      advice:
        'Set `MOOSE_MODELS` to the model that you want to pay for. If the model that answers costs you less than its price in Moose, set its price in `MOOSE_PRICES`.',
    },
  },
});
