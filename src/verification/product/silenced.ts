// Comments, marks and casts by which the product tells a checker to look away (R-GREEN-5). Read from syntax trees: only what a
// parser takes for a comment is one.
import type { Finding } from '../../domain/work-order/finding.ts';
import { type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import { is, textOf } from '../syntax/read-tree.ts';
import { type Looked, lineOf } from './looks-around.ts';

/** What a tool reads in a comment, and not a person: its name, and what it is told. */
const directive =
  /^[\s/*#;!-]*(?:@ts-(?:ignore|nocheck|expect-error)|(?:eslint|oxlint|biome|tslint|stylelint|deno-lint|prettier|htmlhint|jshint|jscs|standard)[-\w]*[\s:]*(?:disable|ignore|off)?|(?:istanbul|c8|v8|nyc|codecov)\s+ignore|type:\s*ignore|noqa\b|(?:ruff|flake8|mypy|pyright|pylint|pyre|bandit|isort|fmt|yapf|black|pyrefly|ty|basedpyright)\s*:|pyre-(?:ignore|fixme|strict|unsafe)|pragma:?\s*no\s*\w+|nosec\b|nolint\b|lint:(?:ignore|file-ignore)|nosemgrep|NOSONAR|NOPMD|NOLINT\w*|CHECKSTYLE|rubocop\s*:|:nocov:|simplecov|sorbet|typed:\s*(?:false|ignore)|steep:ignore|@?phpstan-ignore\S*|@?psalm-suppress|phpcs:|@codeCoverageIgnore\w*|swiftlint:|ktlint-disable|detekt|noinspection|ReSharper|shellcheck\s+disable|hadolint\s+ignore|codespell:ignore|cspell\s*:|gosec|#nosec|revive:|exhaustive:|deepcode|sourcery|skipcq|@?SuppressWarnings)/i;
const harmless =
  /eslint-(?:enable|env)|prettier-ignore|(?:ruff|isort|fmt|yapf|black)\s*:\s*(?:on|enable)|@ts-check|rubocop\s*:\s*enable|phpcs:enable|typed:\s*(?:true|strict|strong)|NOLINTEND/i;
const mark =
  /^(?:#!?\[(?:\w+\()?.*\b(?:allow|expect|cfg_attr\([^)]*allow)\s*\(|@SuppressWarnings\b|@Suppress\b|\[(?:assembly:\s*)?SuppressMessage|\[ExcludeFromCodeCoverage|@(?:\w+\.)?no_type_check|@Generated\b|#\[SuppressWarnings)/s;

/** In the first lines of a file, what makes tools skip it. */
const mayHead = /\b(?:auto-?)?generated\b|\bdo not edit\b|@generated|\bvendored\b/i;
/** What no person would read as a sentence: `style: ok`, `lint-allow`. A run shows whether a tool reads it. */
const mayTell = /^[\s/*#;!-]*[@+]?[\w.]+(?:\s*[:=]\s*|-)[\w.]+(?:[\s,-]+[\w.]+)?[\s*/]*$/;

/** A tool that skips files by what their beginning says looks no further. */
const headLinesMax = 5;

/** More of them in one change are a habit, whatever their reasons. */
const justifiedMax = 3;

interface Silence {
  path: string;
  line: number;
  what: string;
  isJustified: boolean;
  /** It has the form of something that a tool reads, and no tool is known for it. */
  isPossible: boolean;
  node: SyntaxNode;
}

/** What the runs without it say: every check is green, or one that is no test is red. */
export interface WithoutSilences {
  isNeedless: boolean;
  isNoticed: boolean;
}

export function silenced(
  files: readonly Looked[],
  { isNeedless, isNoticed }: WithoutSilences = { isNeedless: false, isNoticed: false },
): Finding[] {
  const found = newSilences(files).filter(({ isPossible }) => !isPossible || isNoticed);
  if (found.length === 0) return [];
  const isHabit = found.length > justifiedMax;
  const isTold = ({ isJustified }: Silence) => isNeedless || (isJustified && !isHabit);
  const of = (weight: Finding['weight'], some: readonly Silence[]): Finding[] =>
    some.length === 0
      ? []
      : [
          {
            weight,
            kind: 'suppression',
            text: `The product tells a checker to look away: ${some
              .slice(0, 8)
              .map(({ path, line, what }) => `${path}:${line} \`${what}\``)
              .join(
                '; ',
              )}.${weight === 'refuses' ? ' Repair what it finds, or name one rule and the reason.' : ''}`,
            files: [...new Set(some.map(({ path }) => path))],
            tests: [],
          },
        ];
  return [
    ...of(
      'refuses',
      found.filter((each) => !isTold(each)),
    ),
    ...of('tells', found.filter(isTold)),
  ];
}

/**
 * The sources whose new comments and marks tell no checker to look away any more, with their texts; empty if there are
 * none that would refuse the change. `withPossible`: comments too that may tell a checker something.
 */
export function withoutSilences(
  files: readonly Looked[],
  { withPossible }: { withPossible: boolean },
): Map<string, string> {
  const found = newSilences(files).filter(({ isPossible }) => !isPossible || withPossible);
  const texts = new Map<string, string>();
  if (!found.some(({ isJustified }) => !isJustified) && found.length <= justifiedMax) return texts;
  for (const { path, after } of files) {
    let text = after.text;
    for (const { node } of found.filter((each) => each.path === path).reverse()) {
      const own = text.slice(node.from, node.to);
      const plain = is(after.language, 'comments', node) ? own.replace(/[@A-Za-z]/g, 'x') : withoutMark(own);
      text = text.slice(0, node.from) + plain + text.slice(node.to);
    }
    if (text !== after.text) texts.set(path, text);
  }
  return texts;
}

/** A cast is what it casts; nothing stands in the place of an attribute. */
const withoutMark = (text: string) => (/\bas\s+any$/.test(text) ? text.replace(/\s+as\s+any$/, '') : '');

/** What moved from one source to another is not new. */
function newSilences(files: readonly Looked[]): Silence[] {
  const counted = (each: Array<{ what: string }>) => {
    const counts = new Map<string, number>();
    for (const { what } of each) counts.set(key(what), (counts.get(key(what)) ?? 0) + 1);
    return counts;
  };
  const had = counted(files.flatMap(({ before }) => (before ? silencesIn(before, []) : [])));
  const has = counted(files.flatMap(({ after, tests }) => silencesIn(after, tests)));
  return files
    .flatMap(({ path, before, after, tests }) => newOnes(path, before, after, tests))
    .filter(({ what }) => (had.get(key(what)) ?? 0) < (has.get(key(what)) ?? 0));
}

function newOnes(
  path: string,
  before: SyntaxTree | null,
  after: SyntaxTree,
  tests: readonly SyntaxNode[],
): Silence[] {
  const count = (tree: SyntaxTree | null) => {
    const counts = new Map<string, number>();
    for (const { what } of tree ? silencesIn(tree, []) : [])
      counts.set(key(what), (counts.get(key(what)) ?? 0) + 1);
    return counts;
  };
  const had = count(before);
  return silencesIn(after, tests).flatMap((each) => {
    const left = had.get(key(each.what)) ?? 0;
    had.set(key(each.what), left - 1);
    return left > 0 ? [] : [{ path, ...each }];
  });
}

/** Moved or with another reason, it is the same; so is a cast of something else. */
const key = (what: string) =>
  (/\bas\s+any$/.exec(what)?.[0] ?? directive.exec(what)?.[0] ?? what)
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();

function silencesIn(tree: SyntaxTree, tests: readonly SyntaxNode[]): Array<Omit<Silence, 'path'>> {
  const found: Array<Omit<Silence, 'path'>> = [];
  for (const node of within(tree.root)) {
    if (tests.some(({ from, to }) => node.from >= from && node.to <= to)) continue;
    const text = textOf(tree, node);
    const isComment = is(tree.language, 'comments', node);
    const isPossible =
      isComment &&
      !directive.test(text) &&
      (mayTell.test(text) || (mayHead.test(text) && lineOf(tree, node) <= headLinesMax));
    const told = isPossible
      ? text
      : isComment
        ? text.split(/(?<=\S)\s+(?=#\s)/).find((part) => directive.test(part) && !harmless.test(part))
        : is(tree.language, 'marks', node) && mark.test(text)
          ? text
          : isAnyCast(tree, node, text)
            ? text
            : undefined;
    if (told === undefined) continue;
    found.push({
      line: lineOf(tree, node),
      what: told.trim().slice(0, 100),
      isJustified: !isPossible && isJustified(tree, node, told),
      isPossible,
      node,
    });
  }
  return found;
}

/** `x as any`: types are no longer checked from here. */
const isAnyCast = ({ language }: SyntaxTree, node: SyntaxNode, text: string) =>
  (language === 'typescript' || language === 'tsx') &&
  node.type === 'as_expression' &&
  /\bas\s+any$/.test(text);

/** It names what it allows, and says why in a few words, in the comment or in the one above. */
function isJustified(tree: SyntaxTree, node: SyntaxNode, told: string): boolean {
  const names =
    is(tree.language, 'marks', node) ||
    /(?:nolint|ignore|disable|noqa)(?:-next-line|-line)?\s*[:=(\s[]\s*[\w@/-]{3,}/.test(told) ||
    /[\s:=[(](?:[@\w-]+\/)*[a-z]+(?:[-_][a-z]+)+|\b[A-Z]{1,4}\d{2,4}\b|\[[\w-]+\]|ts-expect-error/.test(told);
  const said =
    (
      /(?:--+|–|—|:\s|\s#|\s\/\/|\bbecause\b|ts-expect-error\s)(.*)$/s.exec(
        told
          .replace(/^[\s/*#;!-]+/, '')
          .replace(/^(?:type|pylint|ruff|flake8|mypy|pyright|rubocop|lint)\s*:\s*\w+/, ''),
      )?.[1] ?? ''
    ).match(/[A-Za-z]{2,}/g)?.length ?? 0;
  if (/\b(?:all|warnings|clippy::all|unused)\b/.test(told)) return false;
  const beside = node.parent?.parts ?? [];
  const around = [beside[beside.indexOf(node) - 1], beside[beside.indexOf(node) + 1]];
  const above = around.find((each) => each && is(tree.language, 'comments', each));
  const reason =
    above && is(tree.language, 'comments', above)
      ? (textOf(tree, above).match(/[A-Za-z]{2,}/g)?.length ?? 0)
      : 0;
  return names && (said >= 4 || reason > 3);
}
