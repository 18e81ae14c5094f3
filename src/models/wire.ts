import type { MooseError } from '../domain/failure.ts';
import type { ModelAccess } from '../engine/ports/model.ts';
import { readRetryAfterMs } from '../stdx/http/retry-after.ts';
import { SendFailure, type Sent, sendOnce } from '../stdx/send-once.ts';
import { type CallFacts, garbledReply, replyFailure, sendFailure } from './failures.ts';
import { gatewayRefusal } from './gateway-refusal.ts';
import { isErrorBody, parseBody } from './provider-error.ts';

// One call's way to the provider and back: gives the AI SDK only JSON replies with status 2xx, and keeps every other
// outcome as our own error, so that nothing depends on the SDK's messages.

/** No model answer is larger; a larger reply is something else. */
export const responseBytesMax = 8 * 1_024 * 1_024;

export interface Wire {
  fetch: typeof globalThis.fetch;
  /** What the call returned, readable once `fetch` has settled. */
  readonly outcome: WireOutcome;
}

export type WireOutcome =
  | { kind: 'unsent' }
  | { kind: 'replied'; body: Record<string, unknown>; isUtf8: boolean }
  | { kind: 'failed'; error: MooseError }
  /** `reason` is the reason of the caller's signal, unchanged. */
  | { kind: 'aborted'; reason: unknown };

/** @param signal stops the call at once, at any point of it. */
export function openWire(facts: CallFacts, signal: AbortSignal, through?: ModelAccess): Wire {
  let outcome: WireOutcome = { kind: 'unsent' };
  return {
    get outcome() {
      return outcome;
    },
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const headers = Object.fromEntries(new Headers(init?.headers));
      if (through) headers['x-moose-settle'] = 'before-end';
      try {
        const reply = await sendOnce({
          method: 'POST',
          url,
          headers,
          body: String(init?.body ?? ''),
          timeoutMs: facts.timeoutMs,
          keep: 'all',
          bytesMax: responseBytesMax,
          signal,
        });
        const callId = reply.headers['x-moose-call-id'];
        if (typeof callId === 'string') through?.onCall(callId);
        const text = reply.body.toString('utf8');
        const body = parseBody(text);
        outcome = readReply(reply, body, facts);
        if (outcome.kind === 'replied') {
          return new Response(text, { status: 200, headers: { 'content-type': 'application/json' } });
        }
      } catch (cause) {
        if (cause instanceof SendFailure) {
          outcome = { kind: 'failed', error: sendFailure(cause, facts) };
        } else if (signal.aborted) {
          outcome = { kind: 'aborted', reason: cause };
        }
      }
      throw new Error('The call failed; its outcome says how.');
    },
  };
}

function readReply(reply: Sent, body: Record<string, unknown> | null, facts: CallFacts): WireOutcome {
  const refused = reply.headers['x-moose-refused'];
  if (typeof refused === 'string') {
    return {
      kind: 'failed',
      error: gatewayRefusal(refused, body, facts, readRetryAfterMs(reply.headers, new Date())),
    };
  }
  const isOk = reply.status >= 200 && reply.status < 300;
  if (!isOk || (body !== null && isErrorBody(body))) {
    return { kind: 'failed', error: replyFailure(reply, body, facts, new Date()) };
  }
  if (body === null) {
    const type = /html/i.test(reply.headers['content-type'] ?? '') ? 'it is an HTML page' : 'it is not JSON';
    return { kind: 'failed', error: garbledReply(type, facts) };
  }
  return { kind: 'replied', body, isUtf8: isUtf8(reply.body) };
}

/** Decoding replaces a broken byte by a replacement character; an edit with one in it must not be applied. */
function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // The decoder throws for only one reason.
    return false;
  }
}
