import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { literalsPath, literalsText } from '../scripts/classifier/literals-file.ts';
import { requiredLiterals } from '../scripts/classifier/required-literals.ts';
import { inLowerCase } from '../src/classifier/match/match-rules.ts';
import { textsOfPattern } from '../src/classifier/texts-of-pattern.fixture.ts';

test.each<[RegExp, readonly string[] | undefined]>([
  [/cannot open/, ['cannot open']],
  [/^fatal: .{0,9} is missing$/, [' is missing']],
  [/[Ff]ailed (?:to|in) load/, ['Failed to load', 'Failed in load', 'failed to load', 'failed in load']],
  [/Failures: [1-9]/, ['Failures: ']],
  [/a{3}\d|b{2,}c/, ['aaa', 'bbc']],
  [/x(?:no )?such file/, ['xsuch file', 'xno such file']],
  [/lost (?:a|b)+ connection/, ['a connection', 'b connection']],
  [/error|error in/, ['error']],
  [/Error TS\d+/i, ['error ts']],
  [/(?=.*broken)^\d+/, ['broken']],
  [/(?<=at )\d+/, ['at ']],
  [/(['"])x\1/, ["'x", '"x']],
  [/\u{1f4a5} crash/u, ['💥 crash']],
  [/(?!not )\d+|x*/, undefined],
  [/(?<!not )\w+/, undefined],
  [/[a-z]+/, undefined],
  [/a|/, undefined],
])('%s requires %j', (pattern, literals) => {
  expect(requiredLiterals(pattern)).toEqual(literals);
});

test('a character that has variants beyond ASCII is not part of a literal', () => {
  expect(requiredLiterals(/a-k-ab/iu)).toEqual(['-ab']);
  expect(requiredLiterals(/ab-é/i)).toEqual(['ab-']);
});

/** Few characters, so that patterns and texts meet: also those whose case is folded in a way of its own. */
const characters = ['a', 'A', 'b', 'k', 'K', '\u212a', 's', 'ſ', 'é', 'É', 'İ', 'σ', 'ς', '-', '💥', ' '];
const character = fc.constantFrom(...characters);
const characterClass = fc
  .tuple(
    fc.constantFrom('', '^'),
    fc.array(fc.oneof(character, fc.constant('a-c')), { minLength: 1, maxLength: 4 }),
  )
  .map(
    ([negation, members]) => `[${negation}${members.map((each) => (each === '-' ? '\\-' : each)).join('')}]`,
  );

const single = fc.oneof(
  { arbitrary: character.map((each) => (each === '💥' ? '(?:💥)' : each)), weight: 5 },
  { arbitrary: characterClass, weight: 1 },
  { arbitrary: fc.constantFrom('.', '\\w', '\\d', '\\s', '\\S', '\\W'), weight: 1 },
);

const anyRepetition = fc.constantFrom('?', '*', '+', '{0}', '{2}', '{1,2}', '{2,}', '{0,3}?');
/** Groups are repeated only a few times: nested repetitions without a limit would take exponential time. */
const shortRepetition = fc.constantFrom('?', '{0}', '{2}', '{1,2}', '{0,2}?');
const { pattern: source } = fc.letrec<{ pattern: string; sequence: string; part: string; group: string }>(
  (tie) => ({
    pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((each) => each.join('|')),
    sequence: fc.array(tie('part'), { minLength: 1, maxLength: 5 }).map((each) => each.join('')),
    part: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'groups' },
      { arbitrary: single, weight: 6 },
      { arbitrary: fc.constantFrom('^', '$', '\\b', '\\B'), weight: 1 },
      { arbitrary: fc.tuple(single, anyRepetition).map((each) => each.join('')), weight: 2 },
      { arbitrary: tie('group'), weight: 2 },
      { arbitrary: fc.tuple(tie('group'), shortRepetition).map((each) => each.join('')), weight: 1 },
    ),
    group: fc.oneof(
      tie('pattern').map((inner) => `(?:${inner})`),
      tie('pattern').map((inner) => `(${inner})`),
      tie('pattern').map((inner) => `(?:(${inner})\\1)`),
      fc
        .tuple(fc.constantFrom('(?:(?=', '(?:(?!', '(?:(?<=', '(?:(?<!'), tie('pattern'))
        .map(([opening, inner]) => `${opening}${inner}))`),
    ),
  }),
);
const anyPattern = fc
  .tuple(source, fc.constantFrom('', 'i', 'u', 'iu', 's', 'm', 'v', 'iv'))
  .map(([text, flags]) => patternOf(text, flags))
  .filter((pattern) => pattern !== undefined);

/** A backreference may be invalid in the place where it ended up. */
function patternOf(text: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(text, flags);
  } catch {
    return undefined;
  }
}

const textCharsMax = 40;

test('fear: a text that a pattern matches contains none of its literals', () => {
  const anyText = fc.string({ unit: character, maxLength: 12 });
  let withLiterals = 0;
  fc.assert(
    fc.property(anyPattern, fc.array(anyText, { minLength: 8, maxLength: 8 }), (pattern, texts) => {
      const literals = requiredLiterals(pattern);
      const written = textsOfPattern(pattern)
        .flatMap((each) => each.texts)
        .filter((text) => text.length <= textCharsMax);
      const around = written.map((text) => `${texts[0]}${text}${texts[1]}`);
      const matched = [...texts, ...written, ...around].filter((text) => pattern.test(text));
      if (literals === undefined || matched.length === 0) return;
      withLiterals += 1;
      for (const text of matched) {
        const searched = pattern.ignoreCase ? inLowerCase(text) : text;
        expect(
          literals.some((literal) => searched.includes(literal)),
          `${pattern} ${text} ${literals}`,
        ).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
  expect(withLiterals).toBeGreaterThan(100);
});

test('the literals of the rules are those of their patterns: `npm run docs` writes them', () => {
  expect(readFileSync(new URL(`../${literalsPath}`, import.meta.url), 'utf8')).toBe(literalsText());
});
