// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../../domain/catalogue.ts';

export const priceFailures = catalogue('prices', {
  PRICE_UNKNOWN: {
    kind: 'configuration',
    message: 'There is no price for {name}.',
    advice: 'Names are exact: did you mean {near}?',
  },
  PRICE_UNKNOWN_LIST: {
    kind: 'configuration',
    code: 'PRICE_UNKNOWN',
    message: 'There is no price for {name}.',
    advice:
      "See `moose prices` for the models with a price, or set one: MOOSE_PRICES='provider/model=IN:OUT'.",
  },
});
