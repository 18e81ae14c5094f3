import { expect, test } from 'vitest';
import { failureOf, piWords } from './failures.ts';

const failed = (errorMessage: string) => failureOf({ role: 'assistant', stopReason: 'error', errorMessage });

test.each(piWords)('"$sample" is $kind', ({ kind, sample }) => {
  expect(failed(sample)).toEqual({ kind, status: null, said: sample });
});

const anthropic = (message: string) => `{"type":"error","error":{"type":"x","message":"${message}"}}`;

/** Messages as pi wrote them, against a provider that gave these answers. */
const recorded = [
  [`400 ${anthropic('budget_exceeded: the limit is reached.')}`, 400, 'budget_exceeded'],
  [`400 ${anthropic('prompt is too long: 215000 tokens > 200000 maximum')}`, 400, 'context_too_long'],
  [`401 ${anthropic('invalid x-api-key')}`, 401, 'authentication'],
  [`529 ${anthropic('Overloaded')}`, 529, 'overloaded'],
  [
    '400: {"message":"temperature: out of range","type":"invalid_request_error","code":null}',
    400,
    'bad_request',
  ],
  ['402: {"message":"Insufficient credits.","code":"insufficient_quota"}', 402, 'quota'],
  ['403: {"message":"Your key may not use this model.","code":null}', 403, 'authentication'],
  ['404: {"message":"The model `m1` does not exist.","code":"model_not_found"}', 404, 'model_not_found'],
  ['413: {"message":"Request exceeds the maximum size."}', 413, 'context_too_long'],
  ['429: {"message":"Rate limit reached. Please slow down."}', 429, 'rate_limited'],
  ['429: {"message":"You exceeded your current quota","code":"insufficient_quota"}', 429, 'quota'],
  ['500: {"message":"The server had an error."}', 500, 'provider_down'],
  ['{"error":{"code":429,"message":"Rate limit reached.","status":"x"}}', 429, 'rate_limited'],
  ['{"error":{"code":400,"message":"budget_exceeded: x","status":"x"}}', 400, 'budget_exceeded'],
  ['terminated', null, 'cut_stream'],
  ['Stream ended without finish_reason', null, 'cut_stream'],
  ['Anthropic stream ended without a stop reason', null, 'cut_stream'],
  ['Request timed out.', null, 'timeout'],
  ['something new', null, 'failed'],
  ['', null, 'failed'],
] as const;

test.each(recorded)('R-SES-5: %s', (message, status, kind) => {
  expect(failed(message)).toEqual({ kind, status, said: message });
});

test("a refusal in the provider's own words is recognised by its stop reason", () => {
  const message = { stopReason: 'error', rawStopReason: 'refusal', errorMessage: 'Not this, for reasons.' };
  expect(failureOf(message)).toMatchObject({ kind: 'refused', said: 'Not this, for reasons.' });
});

test('an ending that is neither a success nor has a message is a failure', () => {
  expect(failureOf({ stopReason: 'stop' })).toBeNull();
  expect(failureOf({ stopReason: 'length' })).toMatchObject({ kind: 'output_limit' });
  for (const stopReason of ['toolUse', 'aborted', 'deferred', 'pending'])
    expect(failureOf({ stopReason })).toMatchObject({ kind: 'cut_off' });
  for (const stopReason of [undefined, 7])
    expect(failureOf({ stopReason })).toMatchObject({ kind: 'failed' });
});
