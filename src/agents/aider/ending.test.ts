import { expect, test } from 'vitest';
import { answersIn, failureOf } from './ending.ts';

const answered = { step: 'answered', chars: 94, sent: 1_987, received: 24 };
const edited = { step: 'edited', files: ['hello.txt'] };
const misfit = { step: 'error', words: 'The LLM did not conform to the edit format.' };
const down = {
  step: 'call_failed',
  type: 'InternalServerError',
  status: 500,
  words: 'litellm.InternalServerError: InternalServerError: OpenAIException - The server had an error.',
};
const downWords = { step: 'error', words: "The API provider's servers are down or overloaded." };
const notEdited = { step: 'not_edited', files: [] };
const empty = {
  step: 'warning',
  words: 'Empty response received from LLM. Check your provider account?',
};
const usedUp = { step: 'warning', words: 'Only 8 reflections allowed, stopping.' };
const tokenLimit = { step: 'error', words: '\n\nModel openai/m1 has hit a token limit!\nToken counts below' };
const outside = { step: 'error', words: '../x is outside of the worktree: it is not changed.' };

test.each([
  ['an edit', [answered, edited]],
  ['an answer and no edit, which the diff tells of', [answered, notEdited]],
  ['an edit after a call that failed', [down, downWords, answered, edited]],
  ['an edit after one that did not fit', [answered, misfit, edited, answered, edited]],
  [
    'an edit and a file left out',
    [answered, { step: 'warning', words: 'Skipping edits to x that matches gitignore spec.' }, edited],
  ],
])('ended well: %s', (_name, steps) => {
  expect(failureOf({ how: 'done', steps })).toBeNull();
});

const failures = [
  ['its provider was away to the end', [down, downWords, notEdited], 'provider_down', down.words],
  ['away after an edit', [answered, misfit, edited, down, notEdited], 'provider_down', down.words],
  ['no edit fitted', [answered, misfit, edited, usedUp], 'turn_limit', misfit.words],
  ['files were asked for to the end', [answered, usedUp], 'turn_limit', usedUp.words],
  [
    'an answer was cut off',
    [{ step: 'cut_off' }, tokenLimit],
    'output_limit',
    'an answer was cut off at its limit',
  ],
  ['an answer was empty', [empty, { ...answered, chars: 0 }, notEdited], 'malformed', 'an answer was empty'],
  ['a part of an edit was refused', [answered, outside, edited], 'failed', outside.words],
  ['nothing was asked of the model', [outside], 'failed', outside.words],
  ['nothing happened', [], 'failed', ''],
] as const;
test.each(failures)('R-SES-5: failed: %s', (_name, steps, kind, said) => {
  expect(failureOf({ how: 'done', steps })).toMatchObject({ kind, said });
});

test('one that did not come to its end has failed, with its last word', () => {
  expect(failureOf({ how: 'not_started', steps: [outside, empty] })).toMatchObject({
    kind: 'failed',
    said: outside.words,
  });
  const crash = { how: 'crashed', type: 'KeyError', words: 'x', steps: [answered, edited] };
  expect(failureOf(crash)).toMatchObject({ kind: 'failed', said: 'x' });
  expect(failureOf({ how: 'unfit', words: 'This version of Aider has no x.', steps: [] })).toMatchObject({
    said: 'This version of Aider has no x.',
  });
});

test('what is not as it should be is a failure', () => {
  for (const ending of [
    {},
    { how: 'done' },
    { how: 'done', steps: 7 },
    { how: 7, steps: [answered, edited] },
  ])
    expect(failureOf(ending)).toMatchObject({ kind: 'failed' });
});

test('answers are counted, calls that failed are not', () => {
  expect(answersIn({ steps: [down, answered, edited, { step: 'cut_off' }, null] })).toBe(2);
  expect(answersIn({})).toBe(0);
});
