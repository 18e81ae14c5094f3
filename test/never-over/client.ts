// One client: an agent that talks to its model until it is told to stop, and fails in the ways of agents.
import { isMooseError } from '../../src/domain/failure.ts';
import type { GatewayAddress } from '../../src/engine/ports/gateway.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { IssuedKey } from '../../src/store/money/gateway-keys.ts';
import { callModel, type ModelCall } from './call-model.ts';
import { type Conversation, composed, grow, newConversation } from './conversation.ts';
import { type ClientsSaid, type Counts, conversationHeader, tagHeader } from './messages.ts';
import { providerName } from './prices.ts';
import { trickFor } from './tricks.ts';
import type { Work } from './work.ts';

export interface ClientOptions {
  name: string;
  random: () => number;
  work: Work;
  address(): Promise<GatewayAddress>;
  counts: Counts;
  told(call: ClientsSaid['calls'][number]): void;
  signal: AbortSignal;
}

const outputLimits = [64, 256, 600, 1_200, 2_000] as const;
const noLimitShare = 0.08;
const streamShare = 0.75;
const trickShare = 0.12;
const hangUpShare = 0.12;
const hangUpMsMax = 1_200;
/** The share of runs that end while calls are in flight. */
const runEndsShare = 0.01;
const settledFirstShare = 0.1;
const awayMs = 100;

/** Runs until the signal is aborted. */
export async function runClient(options: ClientOptions): Promise<void> {
  const { name, random, work, counts, told, signal } = options;
  let key: IssuedKey | null = null;
  let conversation: Conversation | null = null;
  for (let number = 1; !signal.aborted; number += 1) {
    const tag = `${name}.${number}`;
    const envelope = await work.envelope();
    key ??= await work.key();
    conversation ??= newConversation(tag, random);
    const address = await addressOrNull(options);
    if (address === null) continue;
    const call = theCall(options, { address, tag, key, conversation });
    const { outcome, callId } = await callModel(call);
    counts[outcome] += 1;
    if (callId !== null) told({ tag, callId });
    if (outcome === 'answered' && !grow(conversation, tag, random)) conversation = null;
    if (outcome === 'over_budget') await work.close(envelope);
    if (outcome === 'braked' || outcome === 'key_gone') key = null;
    if (outcome === 'away' || outcome === 'broken') await sleep(awayMs, signal);
    if (outcome === 'answered' && random() < runEndsShare) {
      counts.envelopes_closed_in_use += 1;
      await work.end();
      key = null;
    }
  }
}

/** Null if the gateway died again while it was being started. */
async function addressOrNull({ address, counts, signal }: ClientOptions): Promise<GatewayAddress | null> {
  try {
    return await address();
  } catch (cause) {
    if (!isMooseError(cause) || !cause.retryable) throw cause;
    counts.away += 1;
    await sleep(awayMs, signal);
    return null;
  }
}

interface Asking {
  address: GatewayAddress;
  tag: string;
  key: IssuedKey;
  conversation: Conversation;
}

function theCall(
  { random }: Pick<ClientOptions, 'random'>,
  { address, tag, key, conversation }: Asking,
): ModelCall {
  const limit = outputLimits[Math.floor(random() * outputLimits.length)] ?? null;
  const outputTokensMax = random() < noLimitShare ? null : limit;
  const isStream = random() < streamShare;
  const trick = random() < trickShare ? trickFor(conversation.protocol, random) : null;
  const { path, body } = composed(conversation, { outputTokensMax, isStream, trick });
  const hangsUpAfterMs = random() < hangUpShare ? random() * hangUpMsMax : null;
  const isSettledFirst = random() < settledFirstShare;
  return {
    url: `${address.url}/s/${key.id}/${providerName}${path}`,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key.secret}`,
      [tagHeader]: tag,
      [conversationHeader]: conversation.name.replaceAll(' ', '-'),
      ...(isSettledFirst && { 'x-moose-settle': 'before-end' }),
      ...trick?.headers,
    },
    body,
    hangsUpAfterMs,
  };
}
