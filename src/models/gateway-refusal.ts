// Answers that the gateway gives itself, without calling the provider.

import { isCloud } from '../domain/agents/cloud.ts';
import type { CallFailureKind } from '../domain/agents/model-call.ts';
import type { RaisedFacts } from '../domain/catalogue.ts';
import type { MooseError } from '../domain/failure.ts';
import { modelFailures } from '../engine/ports/model-failure-catalogue.ts';
import { SendFailure } from '../stdx/send-once.ts';
import { type CallFacts, garbledReply, sendFailure } from './failures.ts';
import { readProviderError } from './provider-error.ts';

/**
 * @param failure `x-moose-refused`, as received: another version of the gateway may use values that this one does not
 * know
 */
export function gatewayRefusal(
  failure: string,
  body: Record<string, unknown> | null,
  facts: CallFacts,
  retryAfterMs: number | undefined,
): MooseError {
  const { message: said } = readProviderError(body);
  const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
  const rest: RaisedFacts = {
    operation: 'generate',
    metadata: { model: facts.model, provider: facts.provider, failure, said },
    ...wish,
  };
  switch (failure as CallFailureKind) {
    case 'unreachable':
    case 'cut_stream': {
      // The gateway says 'unreachable' only if it sent nothing.
      const mayHaveArrived = failure === 'cut_stream';
      return sendFailure(new SendFailure('unreachable', { mayHaveArrived, cause: said }), facts);
    }
    case 'timeout':
      return sendFailure(new SendFailure('timeout', { mayHaveArrived: true, cause: said }), facts);
    case 'malformed':
      return garbledReply(said || 'it uses another protocol', facts);
    case 'authentication':
      if (!isCloud(facts.provider)) return notMade(failure, said, facts, rest);
      return modelFailures.MODEL_AUTHENTICATION_GATEWAY(rest, {
        model: facts.model,
        said: said.replace(/^moose: \w+: /, '') || `Set ${facts.keyVariable}.`,
      });
    case 'budget_exceeded':
      return modelFailures.MODEL_BUDGET(rest, { model: facts.model });
    case 'model_stopped':
      return modelFailures.MODEL_STOPPED(rest, { model: facts.model });
    case 'unpriced':
      return modelFailures.MODEL_UNPRICED_GATEWAY(rest, {
        said: said.replace(/^moose: \w+: /, '') || `The price of ${facts.model} is unknown.`,
      });
    default:
      return notMade(failure, said, facts, rest);
  }
}

function notMade(failure: string, said: string, facts: CallFacts, rest: RaisedFacts): MooseError {
  return modelFailures.MODEL_GATEWAY(rest, {
    model: facts.model,
    failure,
    said: said || 'it gave no reason',
  });
}
