// Errors that the product reported, and drops now (R-GREEN-5).
import type { Finding } from '../../domain/work-order/finding.ts';
import type { LanguageName } from '../syntax/languages.ts';
import { around, type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import { calleeOf, givenIn, is, textOf } from '../syntax/read-tree.ts';
import { type Looked, lineOf } from './looks-around.ts';

/** Errors that were reported before, and are dropped now. */
export function swallowed(files: readonly Looked[]): Finding[] {
  const found: Array<{ path: string; line: number; what: string; isNamed: boolean }> = [];
  for (const { path, before, after, tests } of files) {
    const had = before ? [...within(before.root)].filter((node) => dropsError(before, node)).length : 0;
    const now = [...within(after.root)].filter(
      (node) => dropsError(after, node) && !tests.some(({ from, to }) => node.from >= from && node.to <= to),
    );
    for (const node of now.slice(had)) {
      const wasReported =
        before !== null && (mayFailIn(after, node) ?? []).some((line) => before.text.includes(line));
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

export const dropsError = (tree: SyntaxTree, node: SyntaxNode): boolean => mayFailIn(tree, node) !== null;

/**
 * The lines of what may fail, if the node drops its error: it neither calls, throws nor gives on what went wrong. Null if
 * it does not.
 */
function mayFailIn(tree: SyntaxTree, node: SyntaxNode): string[] | null {
  if (is(tree.language, 'catches', node)) {
    if (!catchesInVain(tree, node)) return null;
    return node.parent ? linesOf(tree.text.slice(node.parent.from, node.from)) : [];
  }
  return droppedBy[tree.language]?.(tree, node) ?? null;
}

function catchesInVain(tree: SyntaxTree, node: SyntaxNode): boolean {
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

/** The lines of what may fail, where a language has other ways than a catch to drop an error. */
type DroppedBy = (tree: SyntaxTree, node: SyntaxNode) => string[] | null;

/** `if err != nil { continue }` */
const droppedByGo: DroppedBy = (tree, node) => {
  if (node.type !== 'if_statement') return null;
  const [condition, body] = ['condition', 'consequence'].map((name) =>
    node.parts.find(({ field }) => field === name),
  );
  if (!condition || !body || !/^\w*[eE]rr\w*\s*!=\s*nil$/.test(textOf(tree, condition))) return null;
  const own = textOf(tree, body);
  if (!doesNothing.test(own) || /\berr\w*\b/i.test(own)) return null;
  const beside = (node.parent?.parts ?? []).filter(({ isNamed }) => isNamed);
  const first = node.parts.find(({ field }) => field === 'initializer') ?? beside[beside.indexOf(node) - 1];
  return first ? callIn(textOf(tree, first)) : null;
};

/** `let _ = file.flush();`, `file.flush().ok();` */
const droppedByRust: DroppedBy = (tree, node) => {
  const text = textOf(tree, node);
  if (node.type === 'let_declaration') return /^let\s+_\s*=/.test(text) ? callIn(text) : null;
  return node.type === 'expression_statement' && /\.ok\(\)\s*;$/.test(text)
    ? callIn(text.replace(/\.ok\(\)\s*;$/, ''))
    : null;
};

/** `mirror "$each" || continue` */
const droppedByShell: DroppedBy = (tree, node) => {
  const text = textOf(tree, node);
  return node.type === 'list' && /\|\|\s*(?:true|:|continue|return(?:\s+0)?|exit\s+0)$/.test(text)
    ? [text.replace(/(?:\s*\d?>\s*\S+|\s*2>&1)*\s*\|\|[^|]*$/, '').trim()]
    : null;
};

/** `with suppress(OSError):`, `open(path, errors="ignore")` */
const droppedByPython: DroppedBy = (tree, node) => {
  if (!is(tree.language, 'calls', node)) return null;
  const callee = calleeOf(tree, node);
  if (/^(?:contextlib\.)?suppress$/.test(callee)) {
    const statement = [...around(node)].find(({ type }) => type === 'with_statement');
    return statement ? linesOf(tree.text.slice(node.to, statement.to)) : [];
  }
  const isLossy = givenIn(tree, node).some((each) =>
    /^errors\s*=\s*["'](?:ignore|replace)["']$/.test(textOf(tree, each)),
  );
  return isLossy ? [`${callee}(`] : null;
};

/** `.catch(() => {})`, `.catch(ignore)` with a function that does nothing. */
const droppedByJavaScript: DroppedBy = (tree, node) => {
  if (!is(tree.language, 'calls', node) || !/\.catch$/.test(calleeOf(tree, node))) return null;
  const text = textOf(tree, node);
  const given = /\.catch\(\s*(?:async\s*)?((?:\(\s*\w*\s*\)|\w+)\s*=>.*|\w+)\s*\)$/s.exec(text)?.[1];
  if (given === undefined) return null;
  const isVain = /^\w+$/.test(given)
    ? new RegExp(
        `\\bfunction\\s+${given}\\s*\\([^)]*\\)\\s*\\{\\s*\\}|\\b${given}\\s*=\\s*${arrowInVain}`,
      ).test(tree.text)
    : new RegExp(`^${arrowInVain}$`).test(given);
  const [callee] = node.parts;
  return isVain && callee
    ? [
        textOf(tree, callee)
          .replace(/\??\.catch$/, '')
          .trim(),
      ]
    : null;
};

const arrowInVain =
  '(?:\\([^)]*\\)|\\w+)\\s*=>\\s*(?:\\{\\s*\\}|null|undefined|void 0|\\(\\s*\\{\\s*\\}\\s*\\)|\\[\\]|false|0)';

const droppedBy: Partial<Record<LanguageName, DroppedBy>> = {
  go: droppedByGo,
  rust: droppedByRust,
  shell: droppedByShell,
  python: droppedByPython,
  javascript: droppedByJavaScript,
  typescript: droppedByJavaScript,
  tsx: droppedByJavaScript,
};

const doesNothing =
  /^\{\s*(?:(?:\/\/[^\n]*|\/\*.*?\*\/)\s*)*(?:(?:continue|break|return(?:\s+[\w".,\s]*)?);?\s*)?\}$/s;

/** The call in a statement, as far as it says what is done. */
function callIn(statement: string): string[] | null {
  const call = /[\w.:]+\s*\(/.exec(statement.replace(/^[^=]*:?=(?!=)/, ''));
  return call && [call[0].trim()];
}

function usesCaught(tree: SyntaxTree, node: SyntaxNode, body: SyntaxNode | undefined): boolean {
  if (!body) return false;
  const head = tree.text.slice(node.from, body.from);
  const name =
    /(?:\bas\s+|\(\s*(?:final\s+)?(?:[\w.|\s]+\s)?\$?)(\w+)\s*(?::[^)]*)?\)?\s*:?\s*$/.exec(
      head.trim().replace(/\{$/, ''),
    )?.[1] ?? /=>\s*(\w+)/.exec(head)?.[1];
  return name !== undefined && new RegExp(`\\b${name}\\b`).test(textOf(tree, body));
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length > 8 && !/^(?:try|begin|\})/.test(line));

const namesError = (text: string) =>
  /^(?:except\s+\(?[\w., ]+|catch\s*\(\s*(?:final\s+)?\w+[\w.|\s]*\s+\$?\w+|rescue\s+[A-Z]\w+)/.test(text) &&
  !/\b(?:Exception|BaseException|Throwable|Error|StandardError)\b(?!\w)/.test(text.slice(0, 120));
