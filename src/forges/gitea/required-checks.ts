// The checks that a branch's protection requires: patterns in which `*` matches anything, including slashes. Pure.

export interface RequiredChecks {
  /** True if the branch requires checks at all; without patterns, all that report are required. */
  isOn: boolean;
  patterns: readonly string[];
}

export function isRequired(name: string, { isOn, patterns }: RequiredChecks): boolean {
  return isOn && (patterns.length === 0 || patterns.some((pattern) => matches(pattern, name)));
}

export function missingIn(names: readonly string[], { isOn, patterns }: RequiredChecks): string[] {
  return isOn ? patterns.filter((pattern) => !names.some((name) => matches(pattern, name))) : [];
}

/** A pattern that cannot be parsed matches only its own text. */
function matches(pattern: string, name: string): boolean {
  return pattern === name || (expressionOf(pattern)?.test(name) ?? false);
}

const patternCharsMax = 500;
const specials = /[.*?+^$|()\\[\]{}]/g;
/** The maximum number of wildcards: each one multiplies the matching time for a long name. */
const starsMax = 3;

/** `*`, `?`, `[ab]`, `[!ab]` and `{a,b}`, as Gitea reads them. */
function expressionOf(pattern: string): RegExp | null {
  if (pattern.length > patternCharsMax) return null;
  const parts = pattern.match(/\\.|\*+|\?|\[!?[^\]]+\]|\{[^{}]*\}|[\s\S]/g) ?? [];
  if (parts.filter((part) => part.startsWith('*')).length > starsMax) return null;
  const source = parts.map((part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (part.startsWith('[') && part.length > 1) return classOf(part);
    if (part.startsWith('{') && part.length > 1)
      return `(?:${part.slice(1, -1).split(',').map(escaped).join('|')})`;
    return escaped(part.startsWith('\\') && part.length > 1 ? part.slice(1) : part);
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

function classOf(part: string): string {
  const isNot = part.startsWith('[!');
  const members = part
    .slice(isNot ? 2 : 1, -1)
    .replace(/[\\\]^]/g, '\\$&')
    .replace(/(.)-(.)/gs, (range, from: string, to: string) => (from < to ? range : `${from}\\-${to}`));
  return `[${isNot ? '^' : ''}${members}]`;
}

function escaped(text: string): string {
  return text.replace(specials, '\\$&');
}
