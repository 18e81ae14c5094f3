// Fits text from outside into a channel's limits: nothing in it is hidden or reordered, it is encoded, and a visible mark shows
// where it was cut.
import { visibleText } from '../domain/text/visible-text.ts';

const mark = '… (cut)';

/** At most `charsMax` UTF-16 units after `encode`; never cuts a character or an escape code in two. */
export function fitText(
  text: string,
  charsMax: number,
  encode: (character: string) => string = (same) => same,
): string {
  const room = charsMax - mark.length;
  let fitting = '';
  let atMark = 0;
  // Only as many characters as could fit are processed.
  for (const character of visibleText(text)
    .slice(0, charsMax + 1)
    .toWellFormed()) {
    const encoded = encode(character);
    if (fitting.length + encoded.length > charsMax)
      return (fitting.slice(0, atMark) + mark).slice(0, Math.max(0, charsMax));
    fitting += encoded;
    if (fitting.length <= room) atMark = fitting.length;
  }
  return fitting;
}
