import { expect, test } from 'vitest';
import { type TurnEnd, turnEnd } from './turn-end.ts';

test.each<[TurnEnd | null, string[]]>([
  ['finished', ['end_turn', 'endTurn', 'stop', 'STOP', 'stop_sequence']],
  [
    'cut_off',
    ['tool_use', 'toolUse', 'tool-calls', 'tool_calls', 'pause_turn', 'cancelled', 'aborted', 'new'],
  ],
  ['output_limit', ['max_tokens', 'MAX_TOKENS', 'length', 'max_output_tokens']],
  ['context_too_long', ['model_context_window_exceeded']],
  ['turn_limit', ['max_turns', 'max_turn_requests']],
  ['refused', ['refusal', 'content-filter', 'SAFETY', 'PROHIBITED_CONTENT', 'guardrail_intervened']],
  [null, ['', 'unknown']],
])('R-SES-5: a last answer counts as %s, in the words of every protocol', (end, words) => {
  for (const word of words) expect(turnEnd(word), word).toBe(end);
});

test('R-SES-5: without a stop reason, nothing is known', () => {
  for (const nothing of [null, undefined, 7, {}]) expect(turnEnd(nothing)).toBeNull();
});
