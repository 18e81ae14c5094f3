import { expect, test } from 'vitest';
import { memberRows, refusedMemberIn } from './refused-member.ts';

test.each(memberRows.map(({ source, sample }) => [source, sample]))(
  'the member of a request that is refused is named: %s',
  (_, sample) => {
    expect(refusedMemberIn(sample)).toMatch(/^[\w]+_?(?:hint|Hint|tokens|diagnostics)$|^diagnostics$/);
  },
);

test('a message about something else names no member', () => {
  for (const said of [
    'prompt is too long: 210000 tokens > 200000 maximum',
    'messages.0.content: Input should be a valid list',
    'The model `gpt-99` does not exist',
    'max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens',
    'The cost of `mcp_servers` cannot be bounded: the provider would call their tools; send the request without it.',
  ])
    expect(refusedMemberIn(said)).toBeNull();
});
