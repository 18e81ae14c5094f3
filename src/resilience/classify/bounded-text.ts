// At most so much of an output is read: its head and tail as they are, and of the middle the lines that speak of failure.

const headChars = 48 * 1024;
const tailChars = 96 * 1024;
const middleCharsMax = 48 * 1024;
const lineCharsMax = 400;

/** In the middle of a long log these words lead to what is worth reading. Cheap: no case folding, no repetition. */
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
  let keptChars = 0;
  telling.lastIndex = from;
  for (let found = telling.exec(text); found && found.index < to; found = telling.exec(text)) {
    const start = text.lastIndexOf('\n', found.index) + 1;
    const end = endOfLine(text, found.index);
    const line = text.slice(Math.max(start, from), Math.min(end, start + lineCharsMax));
    lines.push(line);
    keptChars += line.length;
    if (keptChars > middleCharsMax) break;
    telling.lastIndex = end;
  }
  return lines.join('\n');
}

function endOfLine(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  return end === -1 ? text.length : end;
}
