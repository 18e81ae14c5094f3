// Comments and attributes by which code asks a checker to look away (R-GREEN-5).

export interface Suppression {
  /** What stands there, for example `@ts-ignore`. */
  mark: string;
  /** It names what it allows, gives a reason, and covers one place. */
  isJustified: boolean;
}

/** Whole files or every rule: no reason is enough. */
const blanket =
  /@ts-nocheck\b|\beslint-disable(?!-(?:next-)?line)\b(?!\s+[\w@])|\beslint-disable(?:-next)?-line\s*(?:\*\/)?\s*$|\bbiome-ignore-all\b|#\s*(?:flake8|ruff)\s*:\s*noqa\s*$|#\s*noqa\s*$|#\s*mypy\s*:\s*ignore-errors|#\s*pyright\s*:\s*basic|#\s*type\s*:\s*ignore\s*$|#\s*pylint\s*:\s*(?:skip-file|disable\s*=\s*all)|#!\[allow\(\s*(?:warnings|clippy::all|unused|dead_code)|#\[allow\(\s*(?:warnings|clippy::all)|\/\/\s*nolint\s*$|@SuppressWarnings\(\s*\{?\s*"all"|#pragma warning disable\s*$|#\s*rubocop\s*:\s*disable\s+all|\bphpcs:ignoreFile|\/\*\s*(?:istanbul|c8|v8) ignore file/i;

/** One place or one rule. */
const single =
  /@ts-(?:ignore|expect-error)\b|\beslint-disable(?:-next-line|-line)?\b|\bbiome-ignore\b|\bprettier-ignore\b|\bstylelint-disable\b|\btslint:disable|\bdeno-lint-ignore\b|\boxlint-disable\b|#\s*noqa\b|#\s*type\s*:\s*ignore\b|#\s*pyright\s*:\s*ignore\b|#\s*pylint\s*:\s*disable\b|#\s*nosec\b|#\s*pragma\s*:\s*no cover|#!?\[(?:allow|expect)\(|\/\/\s*nolint\b|\/\/\s*#nosec\b|\/\/\s*lint:ignore\b|\bNOSONAR\b|\bNOPMD\b|@SuppressWarnings\b|@Suppress\(|#pragma warning disable|\[SuppressMessage|#\s*rubocop\s*:\s*disable|@phpstan-ignore|@psalm-suppress|\bphpcs:(?:ignore|disable)|\bswiftlint:disable|\b(?:istanbul|c8|v8) ignore\b|@Disabled\b|\/\/\s*codespell:ignore/i;

/**
 * @param line one added line
 * @param above the line above it
 */
export function suppressionIn(line: string, above: string): Suppression | null {
  const all = blanket.exec(line);
  if (all) return { mark: all[0].trim(), isJustified: false };
  const one = single.exec(line);
  if (!one) return null;
  return { mark: one[0].trim(), isJustified: namesRule(line) && hasReason(line, one.index, above) };
}

function namesRule(line: string): boolean {
  return !/\beslint-disable(?:-next-line|-line)?\s*(?:\*\/|--|$)|#\s*noqa\s*(?:$|#)|#\s*type\s*:\s*ignore\s*(?:$|#)|@ts-ignore|\/\/\s*nolint\s*(?:$|\/\/)/.test(
    line,
  );
}

const wordsMin = 3;

/** A reason of some words, in the same comment or in a comment on the line above. */
function hasReason(line: string, at: number, above: string): boolean {
  const after = line.slice(at).replace(/^[^\s]+\s*/, '');
  const said =
    /(?:--|:|\/\/|#|-|\bbecause\b)\s*(.+)$/.exec(after)?.[1] ??
    (/^@ts-expect-error/.test(line.slice(at)) ? after : '');
  const isComment = /^\s*(?:\/\/|#|\/\*|\*|--)/.test(above);
  return wordCount(said) >= wordsMin || (isComment && wordCount(above) > wordsMin);
}

function wordCount(text: string): number {
  return [...text.matchAll(/[A-Za-z]{2,}/g)].length;
}
