// Makes text from people, models and agents safe where Moose does not control how it is shown: commits, pull requests,
// pages of a forge. The result contains no control characters, no reordering and nothing invisible (R-SEC-2). Pure.

/** Control characters except line ends and tabs, such as the escape that controls a terminal. */
const acting = /[^\P{Cc}\n\t]/gu;
/** Characters that force another reading order, so that the text is not what it looks like. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;
/**
 * Characters without width and shape: direction marks, word joiners, and tag characters, which can hide text from
 * people. The joiners of letters and of emoji stay (U+200C, U+200D): some languages need them.
 */
const unseen =
  /[\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Escaped characters stay visible. */
export function visibleText(text: string): string {
  return text.replace(acting, '').replace(turning, '\ufffd').replace(unseen, '');
}

export function visibleLine(text: string): string {
  return visibleText(text).replace(/\s+/g, ' ').trim();
}
