// Handlers of errors that span lines and do nothing (R-GREEN-5).
import { addedLines, type ChangedFile } from '../changed-file.ts';
import type { Place } from './line-rules.ts';

const begins =
  /\bcatch\s*(?:\([^)]*\))?\s*\{\s*$|\bexcept\b[^:]*:\s*$|\brescue\b[^;]*$|\.catch\(\s*(?:async\s*)?\(?\s*\w*\s*\)?\s*=>\s*\{\s*$|\bif err != nil \{\s*$|\bErr\(_\w*\)\s*=>\s*\{\s*$|\bcatch\s*(?:\([^)]*\))?\s*$/;
const nothing =
  /^(?:pass|\.\.\.|continue;?|return;?|return (?:None|null|undefined|nil|true|false|True|False|void 0|''|""|0|\[\]|\{\});?|return nil, nil|nil)$/;
const ends = /^(?:\}|\}\)|\}\);|end|\},?)$/;

/** A handler of one named error decides about that one; it is told, and not refused. */
const isNarrow =
  /\bexcept\s+(?!\(?\s*(?:Base)?Exception\b|Error\b)[\w.(]|\brescue\s+(?!StandardError|Exception)[A-Z]|\bcatch\s*\(\s*(?:final\s+)?(?!Exception|Throwable|Error\b|RuntimeException)[A-Z]\w*(?:Exception|Error)/;

export function handlesNamedError(line: string): boolean {
  return isNarrow.test(line);
}

/** The first line of each added handler whose body is empty, or only gives a constant. */
export function swallowedBlocks(file: ChangedFile, place: Place): Array<{ line: number; text: string }> {
  if (place !== 'product' || file.after === null) return [];
  const lines = file.after.split('\n');
  return addedLines(file).filter(({ line, text }) => {
    if (!begins.test(text)) return false;
    const body = (lines[line] ?? '').trim();
    const next = (lines[line + 1] ?? '').trim();
    if (ends.test(body)) return !/\brescue\b/.test(text) || body === 'end';
    if (/\bif err != nil/.test(text) && body !== 'return nil' && body !== 'return nil, nil') return false;
    const isPython = /\bexcept\b/.test(text);
    return nothing.test(body) && (isPython || ends.test(next) || /^\}/.test(next));
  });
}
