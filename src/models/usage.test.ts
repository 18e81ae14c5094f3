import { expect, test } from 'vitest';
import { plausibleUsage, usageBound, usageInBody } from './usage.ts';

const bound = usageBound({ system: 'ä', prompt: 'bc', outputTokensMax: 50 });

test('the bound counts bytes, because no tokenizer makes more tokens', () => {
  expect(bound).toEqual({ inputTokens: 2 + 2 + 64, outputTokens: 50 });
});

test.each([
  ['as reported', { inputTokens: 3, outputTokens: 4 }, { inputTokens: 3, outputTokens: 4 }],
  ['missing', { inputTokens: undefined, outputTokens: undefined }, bound],
  ['zero for a text that is there', { inputTokens: 0, outputTokens: 0 }, bound],
  ['nonsense', { inputTokens: Number.NaN, outputTokens: -3 }, bound],
])('usage %s is never less than what the call can have cost (R-BUD-2)', (_, reported, usage) => {
  expect(plausibleUsage(reported, bound, 'text')).toEqual(usage);
});

test('usage is read even from an otherwise unreadable body', () => {
  expect(usageInBody({ usage: { prompt_tokens: 5, completion_tokens: 6 } })).toEqual({
    inputTokens: 5,
    outputTokens: 6,
  });
  expect(usageInBody({ usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 1 } })).toEqual({
    inputTokens: 7,
    outputTokens: 1,
  });
  expect(usageInBody({ usage: null })).toBeNull();
  expect(usageInBody({})).toBeNull();
});
