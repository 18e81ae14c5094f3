import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AssessInput, assess } from './assess.ts';
import { defaultAssessmentPolicy } from './assessment-policy.ts';

function order(fields: Partial<AssessInput> & { words?: string }): AssessInput {
  const { words = 'Fix the typo on the start page', ...rest } = fields;
  return {
    title: words,
    description: '',
    acceptance: '',
    files: { pathCount: 50 },
    policy: defaultAssessmentPolicy,
    ...rest,
  };
}

const longText = 'Move what the parser knows about dates into one place and call it from there. '.repeat(30);
const sevenFiles = 'src/a.ts, src/b.ts, src/c.ts, src/d.ts, src/e.ts, src/f.ts and README.md:';

test('R-PIPE-3: a small change is light and costs $0.10', () => {
  expect(assess(order({}))).toEqual({
    complexity: 0,
    hardStopWords: [],
    tier: 'light',
    estimateNanoUsd: 100_000_000n,
    reasons: ['complexity 0.00: light model'],
  });
});

test('R-PIPE-3: a change between is standard and costs $1.00', () => {
  const result = assess(order({ words: 'Refactor the parser', files: { pathCount: 1_000 } }));
  expect(result).toMatchObject({ tier: 'standard', estimateNanoUsd: 1_000_000_000n });
  expect(result.reasons).toEqual([
    'broad work: refactor (+0.26)',
    'the repository has 1000 files (+0.07)',
    'complexity 0.34: standard model',
  ]);
});

test('R-PIPE-3: a change that is hard in every way reaches 1, and costs $2.50', () => {
  const words = `Rewrite and redesign the scheduler across the entire codebase. ${longText} ${sevenFiles}`;
  const acceptance = 'one\n\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n';
  const result = assess(order({ words, acceptance, files: { pathCount: 20_000 } }));
  expect(result).toMatchObject({
    complexity: 1,
    tier: 'strong',
    estimateNanoUsd: 2_500_000_000n,
    hardStopWords: [],
  });
  expect(result.reasons).toContain('it has 8 acceptance criteria (+0.20)');
});

test('R-PIPE-3: a hard-stop word forces the strongest model, however small the change', () => {
  expect(assess(order({ words: 'Fix the typo in passwordReset.ts' }))).toMatchObject({
    complexity: 0,
    hardStopWords: ['password'],
    tier: 'strong',
    estimateNanoUsd: 2_500_000_000n,
    reasons: ["hard stop 'password': password", 'complexity 0.00 and a hard stop: strong model'],
  });
});

test.each([
  ['auth', 'auth'],
  ['the Authentication of users', 'auth'],
  ['who authorizes it', 'auth'],
  ['unauthorised calls', 'auth'],
  ['src/auth/login.ts', 'auth'],
  ['OAuth2Client', 'auth'],
  ['AUTH_HEADER', 'auth'],
  ['Tokens expire', 'token'],
  ['csrfToken', 'security'],
  ['make it secure', 'security'],
  ['MigrateUsers', 'migration'],
  ['db migrations', 'migration'],
  ['paymentProvider', 'payment'],
  ['encrypts the disk', 'crypto'],
  ['API key', 'secret'],
  ['Permissions', 'permission'],
  ['billing', 'billing'],
])('a hard-stop word is found in its forms: %s', (words, word) => {
  expect(assess(order({ words })).hardStopWords).toContain(word);
});

test.each([
  'the author of a post',
  'authored by',
  'co-authors',
  'an authority on it',
  'authentic food',
  'the secretary',
  'cryptic names',
  'tokenizer',
  'git checkout',
  'repayments',
])('a word that only looks alike is no hard stop: %s', (words) => {
  expect(assess(order({ words })).hardStopWords).toEqual([]);
});

test('hard-stop words are the policy’s own: phrases, digits and signs included, empty ones left out', () => {
  const hardStopWords = { 'drop table': [], '2fa': [], 'C++': [], größe: [], '': ['*', '!?'], '.*': [] };
  const policy = { ...defaultAssessmentPolicy, hardStopWords };
  const find = (words: string) => assess(order({ words, policy })).hardStopWords;
  expect(find('then DROP  TABLE users')).toEqual(['drop table']);
  expect(find('turn on 2FA, and its GRÖSSE or Größe')).toEqual(['2fa', 'größe']);
  expect(find('plan for auth and anything else')).toEqual([]);
});

test('files are counted once, and what only looks like one is not', () => {
  const words =
    'In ./src/a.ts, `src/a.ts:12:3` and (b.py). See https://example.com/c.html, Node.js, and/or, e.g. v1.2.';
  expect(assess(order({ words })).reasons[0]).toMatch(/^it names 2 files /);
});

test('earlier failures make a work order harder, and bounded as every row is', () => {
  const tiers = [0, 1, 2, 3].map((failures) => assess(order({ history: { failures } })).complexity);
  expect(tiers).toEqual([0, 0.15, 0.3, 0.45]);
});

test('a policy with a gap falls to its strongest row', () => {
  const [strong] = defaultAssessmentPolicy.tiers;
  expect(assess(order({ policy: { ...defaultAssessmentPolicy, tiers: [strong] } })).tier).toBe('strong');
});

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(fc.constantFrom('refactor', 'author', 'auth', 'src/a.ts', 'b.md', 'entire', 'x', '\n'), {
      maxLength: 60,
    })
    .map((parts) => parts.join(' ')),
);
const input = fc.record({
  title: words,
  description: words,
  acceptance: words,
  files: fc.record({ pathCount: fc.oneof(fc.nat(1_000_000), fc.double()) }),
  history: fc.record({ failures: fc.oneof(fc.nat(10), fc.double()) }),
  policy: fc.constant(defaultAssessmentPolicy),
});

test('property: complexity lies in [0, 1], the same input gives the same answer, and the row fits', () => {
  fc.assert(
    fc.property(input, (each) => {
      const result = assess(each);
      expect(result).toEqual(assess(each));
      expect(result.complexity).toBeGreaterThanOrEqual(0);
      expect(result.complexity).toBeLessThanOrEqual(1);
      const isStrong = result.hardStopWords.length > 0 || result.complexity >= 1;
      const expected = isStrong ? 'strong' : result.complexity >= 0.3 ? 'standard' : 'light';
      expect(result.tier).toBe(expected);
      expect(result.reasons.at(-1)).toContain(`${result.tier} model`);
    }),
  );
});

test('property: more text, more files or more failures never make a work order simpler', () => {
  fc.assert(
    fc.property(input, words, fc.nat(3), fc.nat(100_000), (before, more, failures, paths) => {
      const start = { ...before, files: { pathCount: 200 }, history: { failures: 1 } };
      const after = {
        ...start,
        description: `${start.description}\n${more}`,
        files: { pathCount: 200 + paths },
        history: { failures: 1 + failures },
      };
      const [first, second] = [assess(start), assess(after)];
      expect(second.complexity).toBeGreaterThanOrEqual(first.complexity);
      expect(second.estimateNanoUsd).toBeGreaterThanOrEqual(first.estimateNanoUsd);
      expect(second.hardStopWords).toEqual(expect.arrayContaining(first.hardStopWords));
    }),
  );
});

test('property: random work orders reach every tier', () => {
  const seen = new Set(fc.sample(input, { numRuns: 500, seed: 7 }).map((each) => assess(each).tier));
  expect([...seen].sort()).toEqual(['light', 'standard', 'strong']);
});

test.each([
  ['dots', '.'.repeat(1_000_000)],
  ['one endless word', 'authenticat'.repeat(100_000)],
  ['capitals', 'A'.repeat(1_000_000)],
  ['digits after colons', ':1'.repeat(500_000)],
])('a hostile text does not hold routing up: %s', (_, description) => {
  const startedAtMs = performance.now();
  assess(order({ description }));
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});
