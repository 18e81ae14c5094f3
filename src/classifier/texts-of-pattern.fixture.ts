// Generates texts from a pattern's syntax tree: for each of its alternatives, at whatever depth, a short and a long one that
// the pattern matches.
import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

interface Style {
  /** Repetitions beyond the fewest that a quantifier allows. */
  repeatsMore: number;
  /** For a class of characters, the first of these that belongs to it. */
  characters: string;
  /** Which alternative of a group to take if any will do. */
  choice: number;
}

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
const characterSets = ['xX1a', ' xX1a', '1xX', '/. x1', "'xX1 ", '-: xX1'];
/** A pattern with word boundaries or lookarounds does not match every text that its tree allows, so several are tried. */
const stylesThatRepeat = (repeatsMore: number): readonly Style[] =>
  [0, 1].flatMap((choice) => characterSets.map((characters) => ({ repeatsMore, characters, choice })));
const short = stylesThatRepeat(0);
const long = [3, 1, 2].flatMap(stylesThatRepeat);

export interface TextsOfAlternative {
  /** The alternative as it is written in the pattern. */
  alternative: string;
  texts: readonly string[];
}

const parser = new RegExpParser({ ecmaVersion: 2025 });

/** An alternative for which no text was found has none. */
export function textsOfPattern(pattern: RegExp): readonly TextsOfAlternative[] {
  const tree = parser.parseLiteral(String(pattern));
  return alternativesOf(tree).map((alternative) => {
    const path = new Set<AST.Node>();
    for (let node: AST.Node | null = alternative; node; node = node.parent) path.add(node);
    const texts = [short, long].flatMap((styles) => {
      const tried = styles.flatMap((style) => new TextWriter(path, style, pattern).textsOf(tree.pattern));
      return tried.find((text) => !text.includes('\n') && pattern.test(text)) ?? [];
    });
    return { alternative: alternative.raw, texts: [...new Set(texts)] };
  });
}

/** All alternatives that a text can go through: not those of a negative lookaround. */
function alternativesOf(tree: AST.RegExpLiteral): AST.Alternative[] {
  const all: AST.Alternative[] = [];
  let negativeDepth = 0;
  const isNegative = (node: AST.Assertion) => 'negate' in node && node.kind !== 'word' && node.negate;
  visitRegExpAST(tree, {
    onAssertionEnter: (node) => {
      if (isNegative(node)) negativeDepth += 1;
    },
    onAssertionLeave: (node) => {
      if (isNegative(node)) negativeDepth -= 1;
    },
    onAlternativeEnter: (node) => {
      const siblings = node.parent.alternatives;
      if (negativeDepth === 0 && (siblings.length > 1 || node.parent.type === 'Pattern')) all.push(node);
    },
  });
  return all;
}

/** Writes a text that goes through the alternatives of `path`, and otherwise through the first ones. */
class TextWriter {
  readonly #captured = new Map<AST.CapturingGroup, string>();
  readonly #lookedFor: string[] = [];
  readonly #path: ReadonlySet<AST.Node>;
  readonly #style: Style;
  readonly #flags: string;

  constructor(path: ReadonlySet<AST.Node>, style: Style, pattern: RegExp) {
    this.#path = path;
    this.#style = style;
    this.#flags = pattern.flags.replace(/[gy]/g, '');
  }

  /** What a lookahead looks for may be anywhere, so the text is also tried with it at its end. */
  textsOf(pattern: AST.Pattern): string[] {
    const text = this.#ofOneOf(pattern.alternatives);
    return [text, ...this.#lookedFor.flatMap((part) => [`${text}${part}`, `${text} ${part}`])];
  }

  #ofOneOf(alternatives: readonly AST.Alternative[]): string {
    const { choice } = this.#style;
    const chosen =
      alternatives.find((each) => this.#path.has(each)) ?? alternatives[choice] ?? alternatives[0];
    return (chosen?.elements ?? []).map((element) => this.#ofElement(element)).join('');
  }

  #ofElement(element: AST.Element): string {
    switch (element.type) {
      case 'Character':
        return String.fromCodePoint(element.value);
      case 'CharacterClass':
      case 'CharacterSet':
        return this.#characterOf(element);
      case 'Group':
        return this.#ofOneOf(element.alternatives);
      case 'CapturingGroup': {
        const text = this.#ofOneOf(element.alternatives);
        this.#captured.set(element, text);
        return text;
      }
      case 'Quantifier':
        return this.#repeated(element);
      case 'Backreference':
        return [element.resolved]
          .flat()
          .map((group) => this.#captured.get(group) ?? '')
          .join('');
      case 'Assertion':
        if (element.kind === 'lookahead' && !element.negate)
          this.#lookedFor.push(this.#ofOneOf(element.alternatives));
        return '';
      default:
        throw new Error(`No text is known for ${element.raw}`);
    }
  }

  #repeated(quantifier: AST.Quantifier): string {
    const fewest = Math.max(quantifier.min, this.#path.has(quantifier) ? 1 : 0);
    const times = Math.min(quantifier.max, fewest + this.#style.repeatsMore);
    return Array.from({ length: times }, () => this.#ofElement(quantifier.element)).join('');
  }

  #characterOf({ raw }: AST.CharacterClass | AST.CharacterSet): string {
    const belongs = new RegExp(`^${raw}$`, this.#flags);
    const candidates = [...this.#style.characters, ...printable, ...raw];
    return candidates.find((character) => belongs.test(character)) ?? '';
  }
}
