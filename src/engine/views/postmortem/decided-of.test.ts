import { expect, test } from 'vitest';
import type { PostmortemFailure } from '../../../store/failures/postmortem-rows.ts';
import { decidedOf } from './decided-of.ts';

test('R-ESC-8: fear: three failures of one step are all said to have been escalated, because the last one was', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
  const malformed = (second: number, recoveryStrategy: string) =>
    ({
      errorType: 'MODEL_ANSWER_MALFORMED',
      step: null,
      timestamp: at(second),
      recoveryStrategy,
    }) as PostmortemFailure;
  const asked = {
    kind: 'escalation' as const,
    inputContext: { code: 'MODEL_ANSWER_MALFORMED', step: null },
    decisionOutput: { because: 'three models gave no usable answer' },
    createdAt: at(3),
  };
  const decided = [malformed(1, 'fall_back'), malformed(2, 'fall_back'), malformed(3, 'escalate')].map(
    (failure) => decidedOf(failure, [asked], []),
  );
  expect(decided.map(({ act, because }) => [act, because])).toEqual([
    ['fall_back', null],
    ['fall_back', null],
    ['escalate', 'three models gave no usable answer'],
  ]);
});
