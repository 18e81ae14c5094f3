/**
 * Ends with a full stop, unless it already ends in a punctuation mark: texts from git and other programs often do not.
 */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Words that are capital only because they begin a sentence; a name keeps its capital. */
const opening =
  /^(?:A|All|An|Another|Both|Each|It|Its|No|Nobody|None|Nothing|One|That|The|There|These|This|Those)\b/;

/** A sentence as a part of another one, after `because` or a colon: without its full stop and its first capital. */
export function asCause(text: string): string {
  const trimmed = text.trim().replace(/(?<!\.)\.$/, '');
  return trimmed.replace(opening, (word) => word.toLowerCase());
}
