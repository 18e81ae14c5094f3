// One answer of the never-over test's provider: it takes as long as a model, bills the work that it does, and fails as
// planned. A client that hangs up ends a stream, but not the work on an answer that is sent in one piece.
import type { ServerResponse } from 'node:http';
import type { TokenUsage } from '../../src/domain/agents/model-call.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Account } from './account.ts';
import type { Fault, Generation } from './generation.ts';
import { speedup, tokensPerSecond } from './plan.ts';
import { wordsFor } from './provider-words.ts';
import type { ReadRequest } from './read-asked.ts';

export interface Answering {
  account: Account;
  asked: ReadRequest;
  generation: Generation;
  answer: ServerResponse;
}

const tickMs = 50;
const hangSeconds = 60;
const secondMs = 1_000 / speedup;
const tokensPerMs = (tokensPerSecond * speedup) / 1_000;

/** Refusals without any work, and so without a bill. */
const refusals: Partial<Record<Fault, { status: number; headers?: Record<string, string>; type: string }>> = {
  too_many: { status: 429, headers: { 'retry-after': '1' }, type: 'rate_limit_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
  unavailable: { status: 503, type: 'overloaded_error' },
  error_before: { status: 500, type: 'api_error' },
};

export async function answerTo(answering: Answering): Promise<void> {
  const { asked, generation, answer } = answering;
  const refusal = refusals[generation.fault];
  if (refusal) return sendError(answer, refusal);
  if (generation.fault === 'page') return sendPage(answer);
  await (asked.isStream ? stream(answering) : whole(answering));
}

function sendError(
  answer: ServerResponse,
  { status, headers = {}, type }: { status: number; headers?: Record<string, string>; type: string },
): void {
  answer.writeHead(status, { 'content-type': 'application/json', ...headers });
  answer.end(JSON.stringify({ type: 'error', error: { type, message: 'Come back later.' } }));
}

function sendPage(answer: ServerResponse): void {
  answer.writeHead(200, { 'content-type': 'text/html' });
  answer.end('<html><body>Something stands between you and your model.</body></html>');
}

async function whole({ account, asked, generation, answer }: Answering): Promise<void> {
  const { usage, fault, thinksSeconds } = generation;
  const text = 'word '.repeat(Math.min(usage.outputTokens, 400));
  await sleep(thinksSeconds * secondMs + usage.outputTokens / tokensPerMs);
  account.bill(asked.tag, usage);
  if (fault === 'error_after' || fault === 'error_in_stream') {
    return sendError(answer, { status: 500, type: 'api_error' });
  }
  if (fault === 'hang') await sleep(hangSeconds * secondMs);
  if (fault === 'hang') return void answer.destroy();
  const document = wordsFor(asked.wire, generation.lie).document(text, fault === 'no_usage' ? null : usage);
  answer.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(document),
  });
  if (fault === 'cut') answer.write(document.slice(0, document.length / 2), () => answer.destroy());
  else
    answer.end(
      fault === 'malformed_end' ? document.replace(/[{}[\]]+$/, (end) => ' '.repeat(end.length)) : document,
    );
}

async function stream(answering: Answering): Promise<void> {
  const { account, asked, generation, answer } = answering;
  const { usage, fault, breaksAt, thinksSeconds } = generation;
  const words = wordsFor(asked.wire, generation.lie);
  await sleep(thinksSeconds * secondMs);
  if (fault === 'error_after') {
    account.bill(asked.tag, usage);
    return sendError(answer, { status: 500, type: 'api_error' });
  }
  account.bill(asked.tag, { ...usage, outputTokens: 0 });
  if (fault === 'hang') {
    await sleep(hangSeconds * secondMs);
    return void answer.destroy();
  }
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  answer.write(words.start(usage));
  const breaks = fault === 'cut' || fault === 'error_in_stream';
  const last = breaks ? Math.floor(usage.outputTokens * breaksAt) : usage.outputTokens;
  if (!(await say(answering, last))) return;
  if (fault === 'cut') return void answer.destroy();
  if (fault === 'error_in_stream') return void answer.end(words.error());
  if (fault === 'malformed_end') {
    const finish = words.finish(usage);
    return void answer.end(breaksAt < 0.5 ? finish : finish.slice(0, -20));
  }
  answer.write(words.finish(fault === 'no_usage' ? null : usage));
  answer.end(words.last());
}

/** The share of the output after which an interim usage is sent; it soon is out of date. */
const interimAt = 0.3;

/** Returns false if the client has disconnected. */
async function say({ account, asked, generation, answer }: Answering, tokens: number): Promise<boolean> {
  const words = wordsFor(asked.wire, generation.lie);
  const startedMs = performance.now();
  let isInterimSaid = generation.fault !== 'error_in_stream' && generation.lie !== 'early';
  let said = 0;
  for (;;) {
    const made = Math.min(tokens, Math.ceil((performance.now() - startedMs) * tokensPerMs));
    const usage: TokenUsage = { ...generation.usage, outputTokens: made };
    account.bill(asked.tag, usage);
    if (answer.destroyed) return false;
    if (made > said) answer.write(words.piece('word '.repeat(made - said)));
    said = made;
    if (said >= tokens) return true;
    if (!isInterimSaid && said > tokens * interimAt) {
      answer.write(words.interim(usage));
      isInterimSaid = true;
    }
    await sleep(Math.min(tickMs, Math.ceil((tokens - said) / tokensPerMs)));
  }
}
