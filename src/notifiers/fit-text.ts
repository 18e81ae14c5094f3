// Foreign text made to fit a channel's limits: encoded first, and cut where a reader sees that it was.

const mark = '… (cut)';

/** At most `charsMax` UTF-16 units after `encode`; no character and no code for one is cut in two. */
export function fitText(
  text: string,
  charsMax: number,
  encode: (character: string) => string = (same) => same,
): string {
  const room = charsMax - mark.length;
  let fitting = '';
  let atMark = 0;
  // What cannot fit is not looked at.
  for (const character of text.slice(0, charsMax + 1).toWellFormed()) {
    const encoded = encode(character);
    if (fitting.length + encoded.length > charsMax)
      return (fitting.slice(0, atMark) + mark).slice(0, Math.max(0, charsMax));
    fitting += encoded;
    if (fitting.length <= room) atMark = fitting.length;
  }
  return fitting;
}
