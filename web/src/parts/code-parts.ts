// Messages mark commands with backticks, as Markdown does.

export interface MarkedPart {
  text: string;
  isCode: boolean;
}

const marked = /`([^`\n]+)`/g;

/** The text in order, without the marks. */
export function codeParts(text: string): MarkedPart[] {
  const parts: MarkedPart[] = [];
  let from = 0;
  for (const { index, 0: whole, 1: code = '' } of text.matchAll(marked)) {
    if (index > from) parts.push({ text: text.slice(from, index), isCode: false });
    parts.push({ text: code, isCode: true });
    from = index + whole.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isCode: false });
  return parts;
}
