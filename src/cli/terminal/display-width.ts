// How many columns of a terminal a text takes. Pure.
import { stripVTControlCharacters } from 'node:util';

const ascii = /^[\x20-\x7e]*$/;
const withoutWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/** Emoji, and what Unicode calls wide or full-width: the scripts of China, Japan and Korea with their punctuation. */
const wide =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]/u;

/** Made at its first use: to make it takes a twentieth of the time in which a command starts. */
let segmenter: Intl.Segmenter | undefined;

function graphemesOf(text: string): Iterable<{ segment: string }> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Control sequences, such as colours, take none. */
export function displayWidth(text: string): number {
  const bare = stripVTControlCharacters(text);
  if (ascii.test(bare)) return bare.length;
  let width = 0;
  for (const { segment } of graphemesOf(bare)) width += widthOf(segment);
  return width;
}

/** Cuts to this many columns; cut text loses its colours, so that no control sequence is split. */
export function cutToWidth(text: string, columnsMax: number): string {
  if (displayWidth(text) <= columnsMax) return text;
  if (columnsMax < 1) return '';
  let width = 0;
  let kept = '';
  for (const { segment } of graphemesOf(stripVTControlCharacters(text))) {
    width += widthOf(segment);
    if (width > columnsMax - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Adds spaces up to this many columns. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** Breaks between words, into lines of at most this many columns; a longer word stays whole. */
export function wrapToWidth(text: string, columnsMax: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || displayWidth(longer) > columnsMax) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function widthOf(grapheme: string): number {
  if (withoutWidth.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
