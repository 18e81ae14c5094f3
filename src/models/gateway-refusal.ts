// Answers that the gateway gives itself, without calling the provider.
import { isCloud } from '../domain/cloud.ts';
import {
  ConfigurationError,
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  TransientError,
} from '../domain/failure.ts';
import type { CallFailureKind } from '../domain/model-call.ts';
import { type CallFacts, garbledReply, postFailure } from './failures.ts';
import { PostFailure } from './post-once.ts';
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
  const rest = {
    component: 'models',
    operation: 'generate',
    metadata: { model: facts.model, provider: facts.provider, failure, said },
    ...wish,
  };
  switch (failure as CallFailureKind) {
    case 'unreachable':
    case 'cut_stream':
      return postFailure(new PostFailure('unreachable', said), facts);
    case 'timeout':
      return postFailure(new PostFailure('timeout', said), facts);
    case 'malformed':
      return garbledReply(said || 'it uses another protocol', facts);
    case 'authentication':
      if (!isCloud(facts.provider)) return notMade(failure, said, facts, rest);
      return new ConfigurationError({
        ...rest,
        code: 'MODEL_AUTHENTICATION',
        severity: 'high',
        message: `There are no usable credentials for ${facts.model}.`,
        advice: said.replace(/^moose: \w+: /, '') || `Set ${facts.keyVariable}.`,
      });
    case 'budget_exceeded':
      return new PermanentError({
        ...rest,
        code: 'MODEL_BUDGET',
        failureClass: 'budget_exceeded',
        severity: 'high',
        message: `A call to ${facts.model} could cost more than what is left of the work order's envelope.`,
        advice: 'Retry it with a higher limit (`moose retry ID --limit USD`), or with a cheaper model.',
      });
    case 'unpriced':
      return new ConfigurationError({
        ...rest,
        code: 'MODEL_UNPRICED',
        message: `The price of ${facts.model} is unknown, so its cost cannot be bounded.`,
        advice: `Set its price in dollars per million tokens of input and of output: MOOSE_PRICES='${facts.model}=0.20:0.60'.`,
      });
    default:
      return notMade(failure, said, facts, rest);
  }
}

type Rest = Pick<MooseErrorFields, 'component' | 'operation' | 'metadata'> & { retryAfterMs?: number };

function notMade(failure: string, said: string, facts: CallFacts, rest: Rest): MooseError {
  return new TransientError({
    ...rest,
    code: 'MODEL_GATEWAY',
    message: `The gateway did not make the call to ${facts.model} (${failure}): ${said || 'it gave no reason'}`,
    advice: 'Check `moose budget` and `moose circuits`; then `moose retry ID`.',
  });
}
