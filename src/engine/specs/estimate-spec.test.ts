import { expect, test } from 'vitest';
import { type EstimateGround, estimateSpec, partsOf, specBytesMax } from './estimate-spec.ts';

const dollar = 10n ** 9n;
const step = {
  aboveInputTokens: 0,
  input: 3n * dollar,
  cacheRead: 0n,
  cacheWrite: 0n,
  cacheWrite1h: 0n,
  output: 15n * dollar,
};
const ground: EstimateGround = {
  architect: {
    model: 'a/strong',
    price: { version: 'v', steps: [step], contextTokens: null },
    outputTokensMax: 10_000,
  },
  perWorkOrder: { lowNanoUsd: dollar / 10n, highNanoUsd: 2n * dollar, from: 'history', completed: 40 },
  monthLeftNanoUsd: 400n * dollar,
};
const spec = `# Shop

What it is.

## Basket
- add a thing
- take one away

## Payment

Cards alone.
`;

test('R-SPEC-1: an estimate has sections, work orders, and money from history, with what it goes by', () => {
  const estimate = estimateSpec(spec, ground);
  expect(estimate).toMatchObject({
    tokens: Math.ceil(spec.length / 4),
    sections: 3,
    architect_model: 'a/strong',
    work_orders: { low: 2, high: 4 },
    work_usd: { low: 0.2, high: 8 },
  });
  expect(estimate.basis).toContain('the middle half of the 40 completed ones');
  expect(estimate.warnings).toEqual([]);
});

test('R-BUD-8: what the Architect costs is never more than was said, and it is measured against the month', () => {
  const bytes = Buffer.byteLength(spec);
  const { architect_usd: most } = estimateSpec(spec, ground);
  expect(most).toBeGreaterThanOrEqual((bytes * 3 + 10_000 * 15) / 1e6);
  const left = (monthLeftNanoUsd: bigint) =>
    estimateSpec(spec, { ...ground, monthLeftNanoUsd }).warnings.join(' ');
  expect(left(dollar / 10n)).toContain('It costs more than the $0.10 left');
  expect(left(5n * dollar)).toContain('It may cost more than the $5.00 left');
  expect(estimateSpec(spec, ground).basis).toContain('counts toward the monthly limit');
});

test('without a price, a model or a history the estimate says so', () => {
  const policy = { ...ground.perWorkOrder, from: 'policy' as const, completed: 1 };
  const unpriced = { model: 'a/strong', price: null, outputTokensMax: 1 };
  const estimate = estimateSpec(spec, { architect: unpriced, perWorkOrder: policy, monthLeftNanoUsd: null });
  expect(estimate.architect_usd).toBe(0);
  expect(estimate.basis).toContain("by the routing policy's estimate");
  expect(estimate.warnings[0]).toContain('The price of a/strong is unknown');
  const none = estimateSpec(spec, { ...ground, architect: null });
  expect([none.architect_model, none.warnings[0]]).toEqual([
    '',
    'No model that could split it is configured.',
  ]);
});

test.each([
  ['no heading', 'Make it.\n\nAnd well.', { sections: 1, pieces: 1, hasHeadings: false }],
  [
    'a list alone',
    '1. one\n2) two\n* three\n  - deeper is not counted as far in as this:\n      - so',
    { sections: 1, pieces: 4, hasHeadings: false },
  ],
  ['headings without text', '# A\n## B\n### C\ntext', { sections: 1, pieces: 1, hasHeadings: true }],
  ['underlined headings', 'One\n===\na\n\nTwo\n---\nb', { sections: 2, pieces: 2, hasHeadings: true }],
  ['a rule is no heading', 'a\n\n---\n\nb', { sections: 1, pieces: 1, hasHeadings: false }],
  [
    'code is no heading',
    '# A\n```\n# not one\n- nor a point\n```\n',
    { sections: 1, pieces: 1, hasHeadings: true },
  ],
  ['lines of Windows and of old', '# A\r\nx\r\n# B\ry', { sections: 2, pieces: 2, hasHeadings: true }],
])('parts: %s', (_, text, parts) => {
  expect(partsOf(text)).toEqual(parts);
});

test.each([
  ['SPEC_TOO_LARGE', 'é'.repeat(specBytesMax / 2 + 1)],
  ['SPEC_NOT_TEXT', '%PDF-1.7\0\x01'],
  ['SPEC_NOT_TEXT', 'half \ud800'],
  ['SPEC_NOT_TEXT', 'PK\u0003\u0004'],
  ['SPEC_NOT_TEXT', 'read as the wrong thing: \ufffd'],
  ['SPEC_EMPTY', ' \n\t\n'],
])('%s', (code, content) => {
  expect(() => estimateSpec(content, ground)).toThrow(expect.objectContaining({ code }));
});

test('fear: the largest text takes long', () => {
  const line = '- a point of a list\n';
  const startedMs = performance.now();
  const estimate = estimateSpec(line.repeat(Math.floor(specBytesMax / line.length)), ground);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  expect(estimate.warnings.join(' ')).toMatch(/very long.*no headings/);
});
