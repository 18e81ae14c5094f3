// Markdown as a person reads it in a terminal: without escapes, and without the marks of quoted words. A command of Moose
// keeps its backticks, by which it is found.

/** A code span as CommonMark reads it, or an escaped sign. */
const marked = /(?<!`)(`+)(?!`)([^\n]*?[^`\n])\1(?!`)|\\([!-/:-@[-`{-~])/g;
/** What a forge needs so that it acts on nothing; a terminal acts on no text. */
const forForges = /(?<=[\x20-\x7e])\u200c(?=[\x20-\x7e])/g;

export function plainMarkdown(markdown: string): string {
  return markdown
    .replaceAll(marked, (_, fence: string | undefined, code: string | undefined, sign: string | undefined) =>
      code === undefined ? String(sign) : wordsOf(code, String(fence)),
    )
    .replaceAll(forForges, '');
}

function wordsOf(code: string, fence: string): string {
  if (code.startsWith('moose ')) return `\`${code}\``;
  return fence.length > 1 ? code.replace(/^ (.*) $/, '$1') : code;
}
