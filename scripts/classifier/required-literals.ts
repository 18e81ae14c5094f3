// Finds literals of which every text that a pattern matches contains at least one, from the pattern's syntax tree. It never
// leaves out a text that the pattern matches: what it does not understand counts as "any text".
import { type AST, RegExpParser } from '@eslint-community/regexpp';

/** A part with more strings than this counts as "any text": the products of long lists would explode. */
const stringsMax = 24;
/** `[Ff]` and `['"]` become strings. `[1-9]` does not: nine longer literals are no better than one shorter one. */
const classCharsMax = 8;
const repeatsMax = 4;

/** What is known about the texts that a part of a pattern matches. */
interface Known {
  /** All of them, if they are few. */
  exact?: readonly string[];
  /** Each of them begins with one of these, and ends with one of those. */
  prefixes: readonly string[];
  suffixes: readonly string[];
  /** Each text that the pattern matches contains one of these. */
  required?: readonly string[] | undefined;
}

interface Mode {
  ignoresCase: boolean;
  isUnicode: boolean;
}

const anything: Known = { prefixes: [''], suffixes: [''] };
const nothing = ofStrings(['']);
const parser = new RegExpParser({ ecmaVersion: 2025 });

/**
 * Without an answer, nothing is required. The literals of a pattern that ignores case are in lower case, and so is the
 * text in which they are looked for.
 */
export function requiredLiterals(pattern: RegExp): readonly string[] | undefined {
  const { pattern: tree, flags } = parser.parseLiteral(String(pattern));
  const mode = { ignoresCase: flags.ignoreCase, isUnicode: flags.unicode || flags.unicodeSets };
  const literals = literalsOf(ofAlternatives(tree.alternatives, mode));
  return literals && withoutLonger(literals);
}

function ofAlternatives(alternatives: readonly AST.Alternative[], mode: Mode): Known {
  const each = alternatives.map((alternative) => ofAlternative(alternative, mode));
  const [only] = each;
  if (only && each.length === 1) return only;
  const exact = union(each.map((known) => known.exact));
  if (exact && exact.length <= stringsMax) return ofStrings(exact, union(each.map(literalsOf)));
  return {
    prefixes: atMost(union(each.map(({ prefixes }) => prefixes))),
    suffixes: atMost(union(each.map(({ suffixes }) => suffixes))),
    required: union(each.map(literalsOf)),
  };
}

function ofAlternative({ elements }: AST.Alternative, mode: Mode): Known {
  let known = nothing;
  let word = '';
  for (const element of elements) {
    // Characters that follow each other are put together first: that is ten times as fast as joining each of them.
    if (element.type === 'Character' && !mode.ignoresCase) {
      word += String.fromCodePoint(element.value);
      continue;
    }
    if (word) known = joined(known, ofStrings([word]));
    word = '';
    known = joined(known, ofElement(element, mode));
  }
  return word ? joined(known, ofStrings([word])) : known;
}

function ofElement(element: AST.Element, mode: Mode): Known {
  switch (element.type) {
    case 'Character':
      return ofCharacters([element.value], mode);
    case 'CharacterClass':
      return ofClass(element, mode);
    case 'CapturingGroup':
      return ofAlternatives(element.alternatives, mode);
    case 'Group':
      return element.modifiers ? anything : ofAlternatives(element.alternatives, mode);
    case 'Quantifier':
      return repeated(ofElement(element.element, mode), element);
    case 'Assertion':
      return ofAssertion(element, mode);
    default:
      return anything;
  }
}

/** An assertion matches no characters itself, but what it looks for is in the text. */
function ofAssertion(assertion: AST.Assertion, mode: Mode): Known {
  if (assertion.kind !== 'lookahead' && assertion.kind !== 'lookbehind') return nothing;
  if (assertion.negate) return nothing;
  return { ...nothing, required: literalsOf(ofAlternatives(assertion.alternatives, mode)) };
}

function ofClass({ negate, unicodeSets, elements }: AST.CharacterClass, mode: Mode): Known {
  if (negate || unicodeSets) return anything;
  const codes: number[] = [];
  for (const element of elements) {
    if (element.type === 'Character') codes.push(element.value);
    else if (element.type !== 'CharacterClassRange') return anything;
    else if (element.max.value - element.min.value >= classCharsMax) return anything;
    else for (let code = element.min.value; code <= element.max.value; code += 1) codes.push(code);
  }
  return ofCharacters(codes, mode);
}

function ofCharacters(codes: readonly number[], { ignoresCase, isUnicode }: Mode): Known {
  const characters = codes.map((code) => String.fromCodePoint(code));
  if (!ignoresCase) return ofStringsAtMost(characters, classCharsMax);
  // Outside of ASCII, which characters differ only in case depends on the flags. With `u`, `k` and `s` have such variants.
  const hasOtherCases = characters.some((each) => each > '\x7f' || (isUnicode && /[ks]/i.test(each)));
  if (hasOtherCases) return anything;
  return ofStringsAtMost([...new Set(characters.map((each) => each.toLowerCase()))], classCharsMax);
}

function repeated(known: Known, { min, max }: AST.Quantifier): Known {
  if (max === 0) return nothing;
  const exact = max <= repeatsMax ? repetitions(known, min, max) : undefined;
  if (exact && exact.length <= stringsMax) return ofStrings(exact);
  const times = Math.min(min, repeatsMax);
  const least = Array.from({ length: times }, () => known).reduce(joined, nothing);
  if (max === times) return least;
  return { prefixes: least.prefixes, suffixes: least.suffixes, required: literalsOf(least) };
}

function repetitions({ exact }: Known, min: number, max: number): readonly string[] | undefined {
  const all = new Set<string>();
  let strings: readonly string[] | undefined = [''];
  for (let times = 0; times <= max; times += 1) {
    if (times >= min) for (const text of strings) all.add(text);
    strings = product(strings, exact);
    if (!strings) return undefined;
  }
  return [...all];
}

function joined(first: Known, second: Known): Known {
  const required = [first.required, second.required];
  const exact = product(first.exact, second.exact);
  if (exact) return ofStrings(exact, rarest(required));
  const between = product(first.suffixes, second.prefixes);
  return {
    prefixes: product(first.exact, second.prefixes) ?? first.prefixes,
    suffixes: product(first.suffixes, second.exact) ?? second.suffixes,
    required: rarest([...required, ...(between ? [between] : [first.suffixes, second.prefixes])]),
  };
}

function ofStrings(exact: readonly string[], required?: readonly string[]): Known {
  return { exact, prefixes: exact, suffixes: exact, required };
}

function ofStringsAtMost(strings: readonly string[], countMax: number): Known {
  return strings.length <= countMax ? ofStrings(strings) : anything;
}

function literalsOf({ exact, required }: Known): readonly string[] | undefined {
  return rarest([exact, required]);
}

function product(
  starts: readonly string[] | undefined,
  ends: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!starts || !ends || starts.length * ends.length > stringsMax) return undefined;
  return [...new Set(starts.flatMap((start) => ends.map((end) => start + end)))];
}

function union(sets: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const all = new Set<string>();
  for (const set of sets) {
    if (!set) return undefined;
    for (const text of set) all.add(text);
  }
  return [...all];
}

function atMost(strings: readonly string[] | undefined): readonly string[] {
  return strings && strings.length <= stringsMax ? strings : [''];
}

/** The set whose literals are found least often in ordinary output. */
function rarest(sets: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const set of sets) {
    const cost = set ? costOfAll(set) : bestCost;
    if (cost < bestCost) {
      best = set;
      bestCost = cost;
    }
  }
  return best;
}

/** How often output contains a character, if the ones before it are known, roughly. */
const shares = {
  smallLetterOrSpace: 1 / 4,
  mark: 1 / 10,
  capitalOrDigit: 1 / 40,
  beyondAscii: 1 / 1000,
} as const;
const costPerLiteral = 1e-6;

const costs = new WeakMap<readonly string[], number>();

function costOfAll(literals: readonly string[]): number {
  const known = costs.get(literals);
  if (known !== undefined) return known;
  const cost = literals.reduce((sum, literal) => sum + costOf(literal), 0);
  costs.set(literals, cost);
  return cost;
}

function costOf(literal: string): number {
  if (literal === '') return Number.POSITIVE_INFINITY;
  let cost = 1;
  for (let at = 0; at < literal.length; at += 1) cost *= shareOf(literal.charCodeAt(at));
  return cost + costPerLiteral;
}

function shareOf(code: number): number {
  if (code > 127) return shares.beyondAscii;
  if (code === 32 || (code >= 97 && code <= 122)) return shares.smallLetterOrSpace;
  const isCapitalOrDigit = (code >= 48 && code <= 57) || (code >= 65 && code <= 90);
  return isCapitalOrDigit ? shares.capitalOrDigit : shares.mark;
}

/** A text that contains `failed` needs no second look for `test failed`. */
function withoutLonger(literals: readonly string[]): readonly string[] {
  return literals.filter((text) => !literals.some((other) => other !== text && text.includes(other)));
}
