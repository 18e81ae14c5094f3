/** Ends with a full stop, unless it ends in a mark of its own: texts of git and of programs do not. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
