// Text of people, models and agents that goes to where Moose has no say in how it is shown: commits, pull requests, pages
// of a forge. Nothing in it acts, turns the order of reading, or is there and cannot be seen (R-SEC-2). Pure.

/** Control characters but for line ends and tabs, as the escape that steers a terminal. */
const acting = /[^\P{Cc}\n\t]/gu;
/** What forces another order of reading: the text is not what it looks like. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;
/**
 * What has no width and no shape: marks of direction, joins of words, and the tags in which text hides from people. The
 * joiners of letters and of emoji stay (U+200C, U+200D): without them words of some languages are others.
 */
const unseen =
  /[\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** What was turned shows that it was. */
export function visibleText(text: string): string {
  return text.replace(acting, '').replace(turning, '\ufffd').replace(unseen, '');
}

export function visibleLine(text: string): string {
  return visibleText(text).replace(/\s+/g, ' ').trim();
}
