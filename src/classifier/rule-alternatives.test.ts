import { describe, expect, test } from 'vitest';
import { classifyFailure } from './classify-failure.ts';
import { compileRules, matchRules } from './match/match-rules.ts';
import type { Rule } from './match/rule.ts';
import { allRules } from './match/rules.ts';
import literalsById from './required-literals.json' with { type: 'json' };
import { caseOf } from './rule-case.fixture.ts';
import { textsOfPattern } from './texts-of-pattern.fixture.ts';

/** Each text is searched for every literal that is shorter than a gram, so only a few rules may have one. */
const literalCharsMin = 4;
const shortLiteralsMax = 60;

const byId = new Map(allRules.map((rule) => [rule.id, rule]));
const families = Object.entries(Object.groupBy(allRules, ({ id }) => id.split('.')[0] ?? ''));

/** What the rule wants elsewhere in the text is added below it. */
function outputOf({ also }: Rule, text: string): string {
  return also === undefined ? text : `${text}\n${also}`;
}

/** Another rule may win only if it matches the same text and its precedence is not lower. */
function isPrecedented(rule: Rule, id: string, text: string): boolean {
  const winner = byId.get(id);
  return winner !== undefined && winner.precedence >= rule.precedence && winner.line.test(text);
}

describe.each(families)('the rules of %s', (_, rules = []) => {
  test.each(rules.map((rule) => [rule.id, rule] as const))(
    'R-FAIL-4: each alternative of %s classifies a text that is generated from it',
    (_id, rule) => {
      const alternatives = textsOfPattern(rule.line);
      expect(alternatives.filter(({ texts }) => texts.length === 0)).toEqual([]);
      const compiled = compileRules([rule]);
      const texts = alternatives.flatMap((each) => each.texts);
      const refused = texts.filter(
        (text) => matchRules(compiled, outputOf(rule, text), () => true).length === 0,
      );
      expect(refused).toEqual([]);
      const otherwise = texts
        .map((text) => ({ text, by: classifyFailure(caseOf(rule, outputOf(rule, text))).rule }))
        .filter(({ text, by }) => by !== rule.id && !isPrecedented(rule, by, text));
      expect(otherwise).toEqual([]);
    },
  );
});

test('nearly every literal is long enough for the index', () => {
  expect(
    Object.values(literalsById)
      .flat()
      .filter((text) => text.length < literalCharsMin).length,
  ).toBeLessThan(shortLiteralsMax);
});
