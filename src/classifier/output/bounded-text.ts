// Limits how much of an output is read: its head and tail are kept, and of the middle only the lines that mention a
// failure.

const headChars = 48 * 1024;
const tailChars = 96 * 1024;
const middleCharsMax = 48 * 1024;
const lineCharsMax = 400;
const shapeChars = 48;
const alikeMax = 40;
const alikeWithNextMax = 8;
const digitsFrom = 48;
const digitsTo = 57;

/** Words that find the relevant lines in the middle of a long log. Fast: no case folding, no repetition. */
const telling =
  /rror|ERR|[Ff]atal|FATAL|FAIL|[Ff]ailed|not ok|panic|not found|[Cc]annot|[Tt]imed? ?out|✕|✗|✘|❯|denied|[Mm]issing/g;

export function boundedText(text: string): string {
  if (text.length <= headChars + tailChars) return text;
  const headEnd = endOfLine(text, headChars);
  const tailStart = Math.max(headEnd, text.length - tailChars);
  const kept = tellingLines(text, headEnd, tailStart);
  return `${text.slice(0, headEnd)}\n${kept}\n${text.slice(tailStart)}`;
}

function tellingLines(text: string, from: number, to: number): string {
  const lines: string[] = [];
  const alike = new Map<number, number>();
  let keptChars = 0;
  telling.lastIndex = from;
  for (let found = telling.exec(text); found && found.index < to; found = telling.exec(text)) {
    const start = Math.max(text.lastIndexOf('\n', found.index) + 1, from);
    const end = endOfLine(text, found.index);
    telling.lastIndex = end;
    const shape = shapeOf(text, start, end);
    const count = (alike.get(shape) ?? 0) + 1;
    alike.set(shape, count);
    if (count > alikeMax) continue;
    // Often one line says what failed, and the next one says where.
    const keptEnd = count > alikeWithNextMax ? end : endOfLine(text, Math.min(end + 1, text.length));
    const line = text.slice(start, Math.min(keptEnd, end + lineCharsMax, start + 2 * lineCharsMax));
    lines.push(line);
    keptChars += line.length;
    if (keptChars > middleCharsMax) break;
  }
  return lines.join('\n');
}

/**
 * A hash that is the same for lines which differ only in their numbers: thousands of such lines must not displace the
 * one that matters.
 */
function shapeOf(text: string, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end && at < start + shapeChars; at += 1) {
    const code = text.charCodeAt(at);
    if (code < digitsFrom || code > digitsTo) hash = (Math.imul(hash, 31) + code) | 0;
  }
  return hash;
}

function endOfLine(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  return end === -1 ? text.length : end;
}
