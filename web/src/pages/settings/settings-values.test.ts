import { expect, test } from 'vitest';
import { describeLines, describeValue } from './describe-value.ts';
import { exactDuration, readDelays, readDuration, reportDelays } from './exact-duration.ts';
import { lineChanges } from './line-changes.ts';
import { moved } from './moved.ts';
import { asRows, doesOf, sentenceOf, whenOf } from './recovery-row.ts';
import { draftOf, formOf, newRow, problemsOf, readDraft } from './setting-draft.ts';

const asked = (kind: Parameters<typeof readDraft>[0]['kind'], min: number | null = null, max = min) => ({
  kind,
  min,
  max,
});
const typed = (text: string) => ({ shape: 'text' as const, text });

test.each([
  [0, '0 s'],
  [1, '1 ms'],
  [1_500, '1,500 ms'],
  [90_000, '90 s'],
  [900_000, '15 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
])('a duration is formatted and parsed without loss: %d ms', (ms, text) => {
  expect(exactDuration(ms)).toBe(text);
  expect(readDuration(text)).toBe(ms);
});

test.each(['', '5', '5 years', '-1 s', '1 s 2', 's', '1e3 s'])('%j is not a duration', (text) => {
  expect(readDuration(text)).toBeNull();
});

test.each([
  [[], ''],
  [[1_000, 1_500], '1 s, 1,500 ms'],
  [[1_000, 30_000, 30_000, 30_000, 30_000, 60_000], '1 s, 30 s × 4, 1 min'],
  [Array.from({ length: 1_000 }, () => 250), '250 ms × 1000'],
])('delays are formatted and parsed without loss, and a thousand of them stay short', (delays, words) => {
  expect(reportDelays(delays)).toBe(words);
  expect(readDelays(words)).toEqual(delays);
});

test.each(['1 s, soon', '1 s × 1001', '1 s × 600; 1 s x 600', 'x 3'])(
  '%j is not a list of delays',
  (words) => {
    expect(readDelays(words)).toBeNull();
  },
);

test.each([
  ['usd', 100, '$100.00'],
  ['usd', 0.0025, '$0.0025'],
  ['share', 0.075, '7.5%'],
  ['integer', 16_000, '16,000'],
  ['duration_ms', 180_000, '3 min'],
  ['boolean', true, 'yes'],
  ['models', ['a/b', 'c/d'], 'a/b, c/d'],
  ['words', [], 'none'],
  ['policies', [{}], '1 row'],
  ['text', 'UTC', 'UTC'],
  ['integer', { not: 'a number' }, '{"not":"a number"}'],
] as const)('a value in words: %s', (kind, value, words) => {
  expect(describeValue({ kind }, value)).toBe(words);
});

test.each([
  ['usd', 12.5],
  ['usd', 0.000_001],
  ['share', 0.55],
  ['share', 1],
  ['integer', 16_000],
  ['duration_ms', 900_000],
  ['boolean', false],
  ['text', 'Europe/Berlin'],
  ['choice', 'none'],
  ['models', ['a/b']],
  ['policies', [{ ...asRows([{}])[0], act: 'retry', delays_ms: [1_000, 90_000], because: 'so' }]],
] as const)('R-UI-4: an untouched form keeps the value: %s', (kind, value) => {
  expect(readDraft(asked(kind), draftOf(asked(kind), value))).toEqual({ value });
});

test('fear: an invalid or out-of-range number is sent', () => {
  const integer = asked('integer', 1, 10);
  for (const text of ['0', '11', '2.5', '', 'x', '-1', '1e1', 'Infinity'])
    expect(readDraft(integer, typed(text))).toHaveProperty('problems');
  expect(readDraft(integer, typed(' 10 '))).toEqual({ value: 10 });
  expect(readDraft(asked('usd', 0.01, 10_000), typed('$1,000.50'))).toEqual({ value: 1_000.5 });
  expect(readDraft(asked('share', 0.01, 1), typed('50 %'))).toEqual({ value: 0.5 });
  expect(readDraft(asked('share', 0.01, 1), typed('101'))).toEqual({
    problems: { '': 'A percentage from 1% to 100%.' },
  });
  expect(readDraft(asked('text'), typed(' '))).toHaveProperty('problems');
  expect(formOf(asked('duration_ms', 1_000, 3_600_000))).toBe(
    'a duration such as 90 s, 15 min, 2 h or 1 d, from 1 s to 1 h',
  );
});

test.each(['0,50', '100,00', '1,5', '1,50,000', '0,500', '1,0000', ',5'])(
  'R-BUD-1: fear: a decimal comma multiplies a limit: %j',
  (text) => {
    expect(readDraft(asked('usd', 0.01, 1_000_000), typed(text))).toHaveProperty('problems');
    expect(readDraft(asked('share', 0.01, 1), typed(text))).toHaveProperty('problems');
    expect(readDuration(`${text} h`)).toBeNull();
  },
);

test('an invalid delay is reported at its row', () => {
  const rows = [newRow([]), { ...newRow([]), id: 1, delays: '1 s, soon' }];
  expect(readDraft(asked('policies'), { shape: 'rows', rows })).toEqual({
    problems: { '1.delays_ms': expect.stringContaining("'1 s, soon'") },
  });
  expect(newRow(rows).id).toBe(2);
});

test('messages from the server appear at their fields, and unrelated problems do not', () => {
  const problem = { type: '', title: '', status: 422, detail: '', advice: '' };
  const issues = [
    { path: '1.act', message: 'has to be one of retry, escalate' },
    { path: '1.act', message: 'is wrong twice' },
    { path: '2', message: 'is "x": there is none.' },
  ];
  expect(problemsOf({ ...problem, code: 'SETTING_VALUE_INVALID', issues })).toEqual({
    '1.act': 'It has to be one of retry, escalate.',
    '2': 'It is "x": there is none.',
  });
  expect(problemsOf({ ...problem, code: 'SETTING_CHANGED' })).toBeNull();
});

test('a recovery row reads as a sentence, even an incomplete one', () => {
  const [row, odd] = asRows([
    {
      component: 'creating_pr',
      failure_class: 'timeout',
      category: 'transient',
      code: 'X',
      act: 'retry',
      delays_ms: [1_000],
      otherwise: 'fall_back',
      because: 'it may pass',
    },
    null,
  ]);
  if (!row || !odd) throw new TypeError('Two rows');
  expect(sentenceOf(row)).toBe(
    'creating pr: X, timeout, transient → retry after 1 s, otherwise fall back (it may pass)',
  );
  expect([whenOf(odd), doesOf(odd)]).toEqual(['any component: any failure', '']);
  expect(describeLines({ kind: 'integer' }, 3)).toBeNull();
});

test('a moved line counts as removed and added, the others as unchanged', () => {
  const signs = (before: string[], after: string[]) =>
    lineChanges(before, after).map(({ sign, line, number }) => `${sign} ${number} ${line}`);
  expect(signs(['a', 'b', 'c'], ['b', 'c', 'a'])).toEqual(['gone 1 a', 'same 1 b', 'same 2 c', 'new 3 a']);
  expect(signs([], ['a'])).toEqual(['new 1 a']);
  expect(signs(['a', 'a'], ['a'])).toHaveLength(2);
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
});
