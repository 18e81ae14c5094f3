// Comments, marks and casts by which the product tells a checker to look away, and errors that it drops (R-GREEN-5). Read
// from syntax trees: only what a parser takes for a comment is one.
import type { Finding } from '../../domain/work-order/finding.ts';
import { around, type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import { calleeOf, givenIn, is, textOf } from '../syntax/read-tree.ts';
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

/** Errors that were reported before, and are dropped now. */
export function swallowed(files: readonly Looked[]): Finding[] {
  const found: Array<{ path: string; line: number; what: string; isNamed: boolean }> = [];
  for (const { path, before, after, tests } of files) {
    const had = before ? [...within(before.root)].filter((node) => dropsError(before, node)).length : 0;
    const now = [...within(after.root)].filter(
      (node) => dropsError(after, node) && !tests.some(({ from, to }) => node.from >= from && node.to <= to),
    );
    for (const node of now.slice(had)) {
      const guarded = guardedBy(after, node);
      const wasReported = before !== null && guarded.some((line) => before.text.includes(line));
      const text = textOf(after, node);
      found.push({
        path,
        line: lineOf(after, node),
        what: text.replace(/\s+/g, ' ').slice(0, 90),
        isNamed: !wasReported || namesError(text),
      });
    }
  }
  const of = (weight: Finding['weight'], some: typeof found): Finding[] =>
    some.length === 0
      ? []
      : [
          {
            weight,
            kind: 'error_swallowed',
            text: `An error is dropped${weight === 'refuses' ? ' where it was reported before' : ''}: ${some
              .slice(0, 8)
              .map(({ path, line, what }) => `${path}:${line} \`${what}\``)
              .join('; ')}.`,
            files: [...new Set(some.map(({ path }) => path))],
            tests: [],
          },
        ];
  return [
    ...of(
      'refuses',
      found.filter(({ isNamed }) => !isNamed),
    ),
    ...of(
      'tells',
      found.filter(({ isNamed }) => isNamed),
    ),
  ];
}

/** Catches, and does nothing with what it caught: it neither calls, throws nor gives the error on. */
export function dropsError(tree: SyntaxTree, node: SyntaxNode): boolean {
  if (is(tree.language, 'catches', node)) {
    const body = node.parts
      .filter(({ field, type }) => field === 'body' || /block|suite|then|^body/.test(type))
      .at(-1);
    const inside = body ? [...within(body)] : [];
    return (
      !inside.some(
        (each) =>
          is(tree.language, 'calls', each) ||
          /throw|raise|yield/.test(each.type) ||
          (each.type === 'call' && /raise/.test(calleeOf(tree, each))),
      ) && !usesCaught(tree, node, body)
    );
  }
  if (droppedIn(tree, node) !== null) return true;
  // `with suppress(ValueError):`
  if (is(tree.language, 'calls', node) && /^(?:contextlib\.)?suppress$/.test(calleeOf(tree, node)))
    return tree.language === 'python';
  // `.catch(() => {})`
  if (is(tree.language, 'calls', node) && /\.catch$/.test(calleeOf(tree, node)))
    return /\.catch\(\s*(?:async\s*)?(?:\(\s*\w*\s*\)|\w+)\s*=>\s*(?:\{\s*\}|null|undefined|void 0|\(\s*\{\s*\}\s*\)|\[\]|false|0)\s*\)$/.test(
      textOf(tree, node),
    );
  return false;
}

const doesNothing =
  /^\{\s*(?:(?:\/\/[^\n]*|\/\*.*?\*\/)\s*)*(?:(?:continue|break|return(?:\s+[\w".,\s]*)?);?\s*)?\}$/s;

/** What may fail, where a language has no catch and its failure is dropped all the same; null if it is not. */
function droppedIn(tree: SyntaxTree, node: SyntaxNode): string | null {
  const text = () => textOf(tree, node);
  switch (tree.language) {
    case 'go': {
      // `if err != nil { continue }`
      if (node.type !== 'if_statement') return null;
      const [condition, body] = ['condition', 'consequence'].map((name) =>
        node.parts.find(({ field }) => field === name),
      );
      if (!condition || !body || !/^\w*[eE]rr\w*\s*!=\s*nil$/.test(textOf(tree, condition))) return null;
      const own = textOf(tree, body);
      if (!doesNothing.test(own) || /\berr\w*\b/i.test(own)) return null;
      const beside = (node.parent?.parts ?? []).filter(({ isNamed }) => isNamed);
      const first =
        node.parts.find(({ field }) => field === 'initializer') ?? beside[beside.indexOf(node) - 1];
      return first ? callIn(textOf(tree, first)) : null;
    }
    case 'rust':
      // `let _ = file.flush();`, `file.flush().ok();`
      if (node.type === 'let_declaration' && /^let\s+_\s*=/.test(text())) return callIn(text());
      return node.type === 'expression_statement' && /\.ok\(\)\s*;$/.test(text())
        ? callIn(text().replace(/\.ok\(\)\s*;$/, ''))
        : null;
    case 'shell':
      // `mirror "$each" || continue`
      return node.type === 'list' && /\|\|\s*(?:true|:|continue|return(?:\s+0)?|exit\s+0)$/.test(text())
        ? text()
            .replace(/(?:\s*\d?>\s*\S+|\s*2>&1)*\s*\|\|[^|]*$/, '')
            .trim()
        : null;
    case 'python':
      // `open(path, errors="ignore")`
      return is(tree.language, 'calls', node) &&
        givenIn(tree, node).some((each) =>
          /^errors\s*=\s*["'](?:ignore|replace)["']$/.test(textOf(tree, each)),
        )
        ? `${calleeOf(tree, node)}(`
        : null;
    case 'javascript':
    case 'typescript':
    case 'tsx': {
      // `save().catch(ignore)`
      const named = is(tree.language, 'calls', node)
        ? /\.catch\(\s*(\w+)\s*\)$/.exec(text())?.[1]
        : undefined;
      if (named === undefined) return null;
      const empty = new RegExp(
        `\\bfunction\\s+${named}\\s*\\([^)]*\\)\\s*\\{\\s*\\}|\\b${named}\\s*=\\s*(?:\\([^)]*\\)|\\w+)\\s*=>\\s*(?:\\{\\s*\\}|null|undefined|void 0)`,
      );
      return empty.test(tree.text) ? callIn(text().replace(/\??\.catch\(\s*\w+\s*\)$/, '')) : null;
    }
    default:
      return null;
  }
}

/** The call in a statement, as far as it says what is done. */
const callIn = (statement: string) =>
  /[\w.:]+\s*\(/.exec(statement.replace(/^[^=]*:?=(?!=)/, ''))?.[0].trim() ?? null;

function usesCaught(tree: SyntaxTree, node: SyntaxNode, body: SyntaxNode | undefined): boolean {
  if (!body) return false;
  const head = tree.text.slice(node.from, body.from);
  const name =
    /(?:\bas\s+|\(\s*(?:final\s+)?(?:[\w.|\s]+\s)?\$?)(\w+)\s*(?::[^)]*)?\)?\s*:?\s*$/.exec(
      head.trim().replace(/\{$/, ''),
    )?.[1] ?? /=>\s*(\w+)/.exec(head)?.[1];
  return name !== undefined && new RegExp(`\\b${name}\\b`).test(textOf(tree, body));
}

/** Lines of what is tried. */
function guardedBy(tree: SyntaxTree, node: SyntaxNode): string[] {
  const dropped = droppedIn(tree, node);
  if (dropped !== null) return [dropped];
  const outer = node.parent;
  if (!outer) return [];
  const suppressing = /suppress$/.test(is(tree.language, 'calls', node) ? calleeOf(tree, node) : '')
    ? [...around(node)].find(({ type }) => type === 'with_statement')
    : undefined;
  if (suppressing) return linesOf(tree.text.slice(node.to, suppressing.to));
  if (is(tree.language, 'calls', node))
    return [(node.parts[0] ? textOf(tree, node.parts[0]) : '').replace(/\??\.catch$/, '').trim()];
  return linesOf(tree.text.slice(outer.from, node.from));
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length > 8 && !/^(?:try|begin|\})/.test(line));

const namesError = (text: string) =>
  /^(?:except\s+\(?[\w., ]+|catch\s*\(\s*(?:final\s+)?\w+[\w.|\s]*\s+\$?\w+|rescue\s+[A-Z]\w+)/.test(text) &&
  !/\b(?:Exception|BaseException|Throwable|Error|StandardError)\b(?!\w)/.test(text.slice(0, 120));
