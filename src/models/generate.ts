import { z } from 'zod';
import type { WireName } from '../domain/agents/model-call.ts';
import type { ModelPrice } from '../domain/agents/price.ts';
import type { Model, ModelAnswer, ModelRequest } from '../engine/ports/model.ts';
import { modelFailures } from '../engine/ports/model-failure-catalogue.ts';
import type { Adapter } from './adapter.ts';
import { type CallFacts, garbledReply } from './failures.ts';
import { judgeAnswer } from './judge-answer.ts';
import { plausibleUsage, usageBound, usageInBody } from './usage.ts';
import { openWire, type Wire } from './wire.ts';
import { withoutWholeKey } from './without-key.ts';

// A Model over any adapter. The answer is billed before it is read: whatever the text turns out to be, its usage is
// recorded (R-PIPE-4). Nothing is retried here; the layer that knows the budget does that.

export interface ModelIdentity {
  /** `provider/model`. */
  name: string;
  provider: string;
  /** The model's name with its provider. */
  modelId: string;
  isScripted: boolean;
  wires: readonly WireName[];
  price: ModelPrice;
  baseUrl: string;
  apiKey: string | null;
  keyVariable: string;
}

export function modelOver(adapter: Adapter, identity: ModelIdentity): Model {
  const { name, provider, isScripted, wires, price } = identity;
  return {
    name,
    provider,
    isScripted,
    wires,
    price,
    generate: (request) => generate(adapter, identity, request),
  };
}

async function generate<T>(
  adapter: Adapter,
  identity: ModelIdentity,
  request: ModelRequest<T>,
): Promise<ModelAnswer<T>> {
  request.signal.throwIfAborted();
  const { baseUrl, apiKey } = request.through ?? identity;
  const facts: CallFacts = {
    model: identity.name,
    provider: identity.provider,
    origin: new URL(identity.baseUrl).origin,
    apiKey,
    keyVariable: identity.keyVariable,
    timeoutMs: request.timeoutMs,
  };
  const wire = openWire(facts, request.signal, request.through);
  const asked = { ...request, system: `${request.system}\n\n${formatRules(request)}` };
  // Loaded here, so that a failure to load is not taken for a request that cannot be built.
  const { generateText } = await import('ai');
  const model = await adapter.languageModel(identity.modelId, { baseUrl, apiKey, fetch: wire.fetch });
  let spoken: Spoken;
  try {
    spoken = await generateText({
      model,
      instructions: asked.system,
      prompt: asked.prompt,
      maxOutputTokens: asked.outputTokensMax,
      maxRetries: 0,
    });
  } catch (cause) {
    return unreadableAnswer(wire, facts, cause);
  }
  const text = withoutWholeKey(spoken.text, apiKey);
  const usage = plausibleUsage(spoken.usage, usageBound(asked), spoken.text);
  const isUtf8 = wire.outcome.kind !== 'replied' || wire.outcome.isUtf8;
  return { usage, text, ...judgeAnswer({ text, finishReason: spoken.finishReason, isUtf8 }, request) };
}

interface Spoken {
  text: string;
  finishReason: string;
  usage: { inputTokens: number | undefined; outputTokens: number | undefined };
}

/**
 * The SDK failed: either the call failed, or the SDK does not understand its reply. Such a reply is still billed.
 */
function unreadableAnswer(wire: Wire, facts: CallFacts, cause: unknown): ModelAnswer<never> {
  const { outcome } = wire;
  switch (outcome.kind) {
    case 'aborted':
      throw outcome.reason;
    case 'failed':
      throw outcome.error;
    case 'unsent':
      throw modelFailures.MODEL_BAD_REQUEST_NOT_BUILT(
        {
          operation: 'generate',
          metadata: {
            model: facts.model,
            provider: facts.provider,
            nothingSent: true,
            reason: nameOf(cause),
          },
        },
        { model: facts.model },
      );
    case 'replied': {
      const usage = usageInBody(outcome.body);
      if (usage === null) {
        throw garbledReply('it is JSON of another protocol', facts);
      }
      return {
        usage,
        text: '',
        kind: 'malformed',
        problem: 'The reply is JSON, but not in the form of this provider.',
      };
    }
  }
}

/** An SDK error quotes requests and headers; its name does not. */
function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : typeof cause;
}

function formatRules(request: Pick<ModelRequest<unknown>, 'schema' | 'schemaName'>): string {
  const schema = z.toJSONSchema(request.schema, { io: 'input', unrepresentable: 'any' });
  return [
    `Answer with one JSON object (${request.schemaName}) and nothing else: no words around it, no code fence.`,
    'It has to be valid against this JSON Schema:',
    JSON.stringify(schema),
  ].join('\n');
}
