// Makes text from people, models and agents safe where Moose does not control how it is shown: commits, pull requests,
// pages of a forge. The result contains no control characters, no reordering and nothing invisible (R-SEC-2). Pure.

/** Control characters except line ends and tabs, such as the escape that controls a terminal. */
const acting = /[^\P{Cc}\n\t]/gu;
/** Characters that force another reading order, so that the text is not what it looks like. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;
/**
 * Characters without width and shape, which can hide text from people: direction marks, word joiners, fillers, tags. Those
 * that languages and emoji need stay where they have an effect: one joiner (U+200C, U+200D), and one variation selector
 * directly after a character whose form it chooses. Expects text without control characters.
 */
export const unseen =
  /[\p{DI}\ufff9-\ufffb](?<!(?:(?<!\p{DI})|(?<=\p{ExtPict}\ufe0f))\p{Join_C}|\p{ExtPict}[\ufe0e\ufe0f]|[\d#*]\ufe0f(?=\u20e3)|[\p{Ideographic}\u1820-\u18aa]\p{VS})/gu;

/** Escaped characters stay visible. */
export function visibleText(text: string): string {
  return text.replace(acting, '').replace(turning, '\ufffd').replace(unseen, '');
}

export function visibleLine(text: string): string {
  return visibleText(text).replace(/\s+/g, ' ').trim();
}
