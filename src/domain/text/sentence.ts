/**
 * Ends with a full stop, unless it already ends in a punctuation mark: texts from git and other programs often do not.
 */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
