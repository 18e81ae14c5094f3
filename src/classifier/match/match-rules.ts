// Finds the rules that match a text, and where. The work is bounded: only lines with a literal of the rule are read, and only
// so many characters of them.

import { isCodeFrame } from '../output/masked-text.ts';
import literalsById from '../required-literals.json' with { type: 'json' };
import { type GramIndex, gramsOf, indexGrams } from './gram-index.ts';
import type { Rule } from './rule.ts';

const lineCharsMax = 1_200;
const charsPerLiteralMax = 48 * lineCharsMax;

export interface Match {
  rule: Rule;
  /** The offset of the line's beginning in the text. */
  at: number;
  groups: Readonly<Record<string, string | undefined>>;
}

export interface CompiledRule {
  rule: Rule;
  literals: readonly { text: string; grams: Uint16Array }[];
}

/** The literals of each rule by its ID: every line that the rule's pattern matches contains one of them. */
type Literals = Readonly<Record<string, readonly string[]>>;

export function compileRules(
  rules: readonly Rule[],
  literals: Literals = literalsById,
): readonly CompiledRule[] {
  return rules.map((rule) => {
    const own = literals[rule.id];
    if (!own) throw new Error(`The literals of ${rule.id} are unknown; run: npm run docs`);
    return { rule, literals: own.map((text) => ({ text, grams: gramsOf(text) })) };
  });
}

/** Returns the first place where each rule matches. */
export function matchRules(
  compiled: readonly CompiledRule[],
  text: string,
  holds: (rule: Rule) => boolean,
): Match[] {
  const index = indexGrams(text);
  let lowered: string | undefined;
  const searchedBy = ({ line }: Rule) => {
    if (!line.ignoreCase) return text;
    lowered ??= inLowerCase(text);
    return lowered;
  };
  return compiled.flatMap(({ rule, literals }) => {
    const present = literals.filter(({ grams }) => index.mayHave(grams));
    if (present.length === 0 || !holds(rule) || !conditionsHold(rule, text, index)) return [];
    const searched = searchedBy(rule);
    const matches = present.flatMap((literal) => firstMatch(rule, literal.text, { text, searched }) ?? []);
    const [first] = matches.sort((one, other) => one.at - other.at);
    return first ? [first] : [];
  });
}

/** Keeps every character in its place: in lower case, this letter would be two characters. */
export function inLowerCase(text: string): string {
  return text.replaceAll('İ', '?').toLowerCase();
}

function conditionsHold({ also, unless }: Rule, text: string, index: GramIndex): boolean {
  const has = (literal: string) => index.mayHave(gramsOf(literal)) && text.includes(literal);
  return (also === undefined || has(also)) && (unless === undefined || !has(unless));
}

function firstMatch(
  rule: Rule,
  literal: string,
  { text, searched }: { text: string; searched: string },
): Match | undefined {
  let from = 0;
  for (let readChars = 0; readChars < charsPerLiteralMax; ) {
    const found = searched.indexOf(literal, from);
    if (found === -1) return undefined;
    const { line, start, end } = lineAround(text, found);
    const match = isCodeFrame(line) ? null : rule.line.exec(line);
    if (match) return { rule, at: start, groups: match.groups ?? {} };
    from = Math.max(end, found + literal.length);
    readChars += line.length;
  }
  return undefined;
}

/**
 * The line at a place, or only a part of it if the line is long. `^` must not match at the beginning of such a part.
 */
function lineAround(text: string, place: number) {
  const start = text.lastIndexOf('\n', place) + 1;
  const newline = text.indexOf('\n', place);
  const end = newline === -1 ? text.length : newline;
  if (end - start <= lineCharsMax) return { line: text.slice(start, end), start, end };
  if (place - start < lineCharsMax / 2) {
    return { line: text.slice(start, start + lineCharsMax), start, end: start + lineCharsMax };
  }
  const from = place - lineCharsMax / 4;
  return { line: `…${text.slice(from, from + lineCharsMax)}`, start, end: from + lineCharsMax };
}
