import type { Edit } from '../../src/domain/agents/proposal.ts';
import { changedLines, type LineChange, linesOf } from './changed-lines.ts';

// Edits that turn one text into another, byte for byte, whether they are applied one after the other or all at the same
// time: `replace` with the shortest context that occurs once, or `write` if that is shorter.

/** If replacements are this many times longer than the new text, the file is written as a whole. */
const replaceCostMax = 1.2;

/** Lines `from` to `to` (exclusive) of the earlier text, and the changes inside them. */
interface Window {
  from: number;
  to: number;
  changes: LineChange[];
}

export function editsBetween(path: string, earlier: string, later: string): Edit[] {
  if (earlier === later) return [];
  const write: Edit = { kind: 'write', path, content: later };
  const changes = changedLines(earlier, later);
  if (earlier === '' || changes === null) return [write];

  const earlierLines = linesOf(earlier);
  const laterLines = linesOf(later);
  const windows = merged(changes.map((change) => widened(change, earlier, earlierLines)));
  const replacements = windows.map((window) => replacement(window, earlierLines, laterLines));

  const cost = replacements.reduce((sum, { search, replace }) => sum + search.length + replace.length, 0);
  if (cost > later.length * replaceCostMax || applied(earlier, replacements) !== later) return [write];
  return replacements.map(({ search, replace }) => ({ kind: 'replace', path, search, replace }));
}

function widened(change: LineChange, text: string, lines: readonly string[]): Window {
  let from = change.earlierFrom;
  let to = change.earlierTo;
  // The loop ends at the latest with the whole text, which occurs once in itself.
  for (let step = 0; step <= 2 * lines.length; step += 1) {
    if (occursOnce(text, lines.slice(from, to).join(''))) break;
    if (step % 2 === 0) from = Math.max(0, from - 1);
    else to = Math.min(lines.length, to + 1);
  }
  return { from, to, changes: [change] };
}

/** Merges windows that share a line; a window may overlap several others. */
function merged(windows: readonly Window[]): Window[] {
  const apart: Window[] = [];
  for (const window of windows) {
    let whole = window;
    for (let last = apart.at(-1); last !== undefined && whole.from < last.to; last = apart.at(-1)) {
      apart.pop();
      whole = {
        from: Math.min(last.from, whole.from),
        to: Math.max(last.to, whole.to),
        changes: [...last.changes, ...whole.changes],
      };
    }
    apart.push(whole);
  }
  return apart;
}

interface Replacement {
  search: string;
  replace: string;
}

function replacement(
  window: Window,
  earlierLines: readonly string[],
  laterLines: readonly string[],
): Replacement {
  const first = window.changes[0];
  const last = window.changes.at(-1);
  if (first === undefined || last === undefined) throw new Error('a window is made of at least one change');
  const laterFrom = first.laterFrom - (first.earlierFrom - window.from);
  const laterTo = last.laterTo + (window.to - last.earlierTo);
  return {
    search: earlierLines.slice(window.from, window.to).join(''),
    replace: laterLines.slice(laterFrom, laterTo).join(''),
  };
}

/** The text after all replacements, in order; null if one of them does not match exactly once. */
function applied(text: string, replacements: readonly Replacement[]): string | null {
  let current = text;
  for (const { search, replace } of replacements) {
    if (!occursOnce(current, search)) return null;
    const at = current.indexOf(search);
    current = current.slice(0, at) + replace + current.slice(at + search.length);
  }
  return current;
}

function occursOnce(text: string, search: string): boolean {
  if (search === '') return false;
  const first = text.indexOf(search);
  return first !== -1 && text.indexOf(search, first + 1) === -1;
}
