// src/classifier/required-literals.json: the literals of each rule's pattern, one rule per line. Written by `npm run docs`.
import { allRules } from '../../src/classifier/match/rules.ts';
import { requiredLiterals } from './required-literals.ts';

export const literalsPath = 'src/classifier/required-literals.json';

/** @throws an error for a pattern that requires no literal: it would have to be tried on every line */
export function literalsText(): string {
  const lines = allRules.map(({ id, line }) => {
    const literals = requiredLiterals(line);
    if (!literals) throw new Error(`The pattern of ${id} requires no literal.`);
    return `  ${JSON.stringify(id)}: ${JSON.stringify(literals)}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}
