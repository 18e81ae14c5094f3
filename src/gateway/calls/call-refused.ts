// A refusal by the gateway itself, thrown while it handles a call and sent to the client in one place. Used only inside
// this folder.
import type { CallFailureKind } from '../../domain/agents/model-call.ts';

export class CallRefused extends Error {
  readonly status: number;
  readonly failure: CallFailureKind;
  readonly retryAfterMs: number | null;

  constructor(
    {
      status,
      failure,
      retryAfterMs = null,
    }: { status: number; failure: CallFailureKind; retryAfterMs?: number | null },
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.status = status;
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

/** HTTP 400 stops an agent instead of making it retry (R-BUD-4). */
const final = 400;
const notNow = 503;

export const refused = {
  badRequest: (message: string) => new CallRefused({ status: final, failure: 'bad_request' }, message),
  feature: (message: string) => new CallRefused({ status: final, failure: 'refused_feature' }, message),
  tooLarge: (bytesMax: number) =>
    new CallRefused(
      { status: 413, failure: 'context_too_long' },
      `The request is larger than ${bytesMax} bytes; send less of the conversation.`,
    ),
  unreadable: (cause?: unknown) =>
    new CallRefused(
      { status: final, failure: 'bad_request' },
      'Reading the request takes too long or too much memory; send less of the conversation.',
      cause,
    ),
  tooBusy: () =>
    new CallRefused(
      { status: notNow, failure: 'overloaded', retryAfterMs: busyRetryAfterMs },
      'The machine is too busy to read the request now; send it again in a moment.',
    ),
  tooSlow: () =>
    new CallRefused(
      { status: 408, failure: 'timeout' },
      'The request arrived too slowly; send it again, all at once.',
    ),
  unknownKey: () =>
    new CallRefused(
      { status: 401, failure: 'authentication' },
      'This key is not valid here: it belongs to another session, or its session has ended.',
    ),
  unpriced: (model: string) =>
    new CallRefused(
      { status: final, failure: 'unpriced' },
      `The price of ${model} is unknown, so its cost cannot be kept within a budget; set a price in MOOSE_PRICES, or choose another model.`,
    ),
  unpricedAnswer: (model: string, answered: string) =>
    new CallRefused(
      { status: final, failure: 'unpriced' },
      `Calls to ${model} are answered by ${answered}, whose price is unknown; set the price of ${answered} in MOOSE_PRICES, or choose another model.`,
    ),
  awaitsFirst: (model: string) =>
    new CallRefused(
      { status: notNow, failure: 'overloaded', retryAfterMs: busyRetryAfterMs },
      `The first answer of ${model}, which shows what its calls cost, has not come yet; try again in a moment.`,
    ),
  modelStopped: (model: string) =>
    new CallRefused(
      { status: final, failure: 'model_stopped' },
      `Calls to ${model} are frozen because the cost of one was above its bound, or is not known; a person checks the price of the model and lifts it: \`moose limits --thaw\`.`,
    ),
  overBudget: (message: string) => new CallRefused({ status: final, failure: 'budget_exceeded' }, message),
  braked: (reason: string) =>
    new CallRefused({ status: final, failure: 'braked' }, `This session was stopped: ${reason}.`),
  circuitOpen: (provider: string, retryAfterMs: number) =>
    new CallRefused(
      { status: notNow, failure: 'circuit_open', retryAfterMs },
      `Calls to ${provider} are paused because it failed too often.`,
    ),
  ledgerAway: (cause: unknown) =>
    new CallRefused(
      { status: notNow, failure: 'ledger_away', retryAfterMs: ledgerRetryAfterMs },
      'The ledger does not answer, and Moose makes no call that it cannot book.',
      cause,
    ),
  tooMany: () =>
    new CallRefused(
      { status: notNow, failure: 'overloaded', retryAfterMs: busyRetryAfterMs },
      'The gateway is at its capacity, in total or for this session; try again in a moment.',
    ),
  closing: () =>
    new CallRefused(
      { status: notNow, failure: 'unreachable', retryAfterMs: busyRetryAfterMs },
      'The gateway is shutting down; another one takes its place in a moment.',
    ),
  clientGone: () => new CallRefused({ status: 499, failure: 'client_gone' }, 'The client disconnected.'),
};

const ledgerRetryAfterMs = 5_000;
const busyRetryAfterMs = 1_000;
