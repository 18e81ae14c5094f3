// Makes texts that Moose writes on forges harmless: whatever people, models and programs put into them, they notify
// nobody, close no issue, hide nothing and fit the forge's limit. Pure.
import { visibleText } from '../text/visible-text.ts';

/**
 * A character without width: readers see the same text, but the forge sees no name and no closing word. It is a joiner,
 * because `visibleText` removes all other invisible characters.
 */
const breaker = '\u200c';

/** `@name` and `@org/team`; an email address has a letter before the sign. */
const mention = /(?<![\w@.+-])@(?=[A-Za-z0-9])/g;
/** The words that close an issue once the text is merged, in all forms, with GitLab's additional ones. */
const closing =
  /\b(close[sd]?|closing|fix(?:e[sd]|ing)?|resolve[sd]?|resolving|implement(?:s|ed|ing)?)(\s*:?\s+)(?=(?:(?:issues?|pull requests?)\s+)?(?:[\w.-]+\/[\w./-]+)?[#!]\d|GH-\d|https?:\/\/)/gi;
/** Quick actions of GitLab, and commands of bots: only at the start of a line. */
const command = /^([ \t>]*)\/(?=[a-z][a-z_-]+\b)/gim;

/**
 * `[skip ci]`, `[ci skip]`, `[no ci]`, `[skip actions]` and the like: forges and builders run nothing for a commit that has
 * such a mark anywhere in its message, and a squash makes the message of the pull request's title.
 */
const skipMark = /\[(?=\s*(?:(?:skip|no)[\s_.-]+[\w-]+|[\w-]+?[\s_.-]+skip)\s*\])/gi;
const skipStars = /\*{3}(?=NO_CI\*{3})/gi;
const skipTrailer = /\bskip-checks(?=\s*:)/gi;

/** Keeps the words, but disables what a forge would act on. Idempotent. */
export function withoutForgeActs(text: string): string {
  return text
    .replace(mention, `@${breaker}`)
    .replace(closing, (_, word: string, between: string) => `${word}${breaker}${between}`)
    .replace(command, `$1/${breaker}`)
    .replace(skipMark, `[${breaker}`)
    .replace(skipStars, `***${breaker}`)
    .replace(skipTrailer, `$&${breaker}`);
}

/** For text from people or programs that Moose puts on a forge. */
export function foreignText(text: string): string {
  return withoutForgeActs(visibleText(text).replaceAll('<!--', `<${breaker}!--`));
}

const cutNote = '\n\n_This text is cut: it is longer than the forge allows._\n';

/**
 * Shortens a text of Markdown to at most `charsMax`. Cuts the ends of the longest sections, so that no
 * section is lost completely.
 */
export function fitBody(body: string, charsMax: number): string {
  if (body.length <= charsMax) return body;
  const sections = body.split(/^(?=## )/m);
  const room = charsMax - cutNote.length;
  const limit = levelFor(
    sections.map(({ length }) => length),
    room,
  );
  const kept = sections.map((section) => (section.length <= limit ? section : cutSection(section, limit)));
  return `${cutTo(kept.join(''), room).trimEnd()}${cutNote}`;
}

/** The greatest length that all sections can have so that they fit together. */
function levelFor(lengths: readonly number[], room: number): number {
  let left = room;
  let count = lengths.length;
  for (const length of lengths.toSorted((a, b) => a - b)) {
    if (length * count > left) break;
    left -= length;
    count -= 1;
  }
  return count === 0 ? room : Math.floor(left / count);
}

const sectionNote = '\n\n_…_\n\n';

function cutSection(section: string, charsMax: number): string {
  const kept = cutTo(section, Math.max(0, charsMax - sectionNote.length - 4));
  const line = kept.lastIndexOf('\n');
  const whole = line > kept.length / 2 ? kept.slice(0, line) : kept;
  // An open block of code would swallow every later section.
  const fences = whole.match(/^```/gm)?.length ?? 0;
  return `${whole}${fences % 2 === 1 ? '\n```' : ''}${sectionNote}`;
}

/** Removes half a surrogate pair at the end. */
function cutTo(text: string, charsMax: number): string {
  const cut = text.slice(0, charsMax);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

const markerPattern = /<!-- moose:([A-Za-z0-9_.:-]{1,200}) -->/g;

/** A hidden marker by which Moose finds its comment again. */
export function withMarker(text: string, key: string): string {
  return `${text.trimEnd()}\n\n${markerOf(key)}`;
}

/** Characters that a marker cannot hold are written as their codes. */
export function markerOf(key: string): string {
  const safe = key.replace(/[^A-Za-z0-9_.:-]/g, (char) => `_${char.codePointAt(0)?.toString(16)}_`);
  return `<!-- moose:${safe.slice(0, 200)} -->`;
}

/** Whether the text ends with this marker; a marker that is quoted earlier in the text does not count. */
export function hasMarker(text: string, key: string): boolean {
  return text.trimEnd().endsWith(markerOf(key));
}

/** Whether Moose wrote the text, with whatever account. Anybody can copy a marker, so it proves nothing else. */
export function endsWithMarker(text: string): boolean {
  return /<!-- moose:[A-Za-z0-9_.:-]{1,200} -->$/.test(text.trimEnd());
}

export function withoutMarkers(text: string): string {
  return text.replace(markerPattern, '').trimEnd();
}
