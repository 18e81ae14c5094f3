// Removes terminal codes, time stamps, names of tasks and encoding leftovers from a tool's output. Never throws; takes
// linear time.
import { withoutTaskNames } from './task-lines.ts';

/**
 * ESC as itself, as its Unicode picture, or as `cat -v` writes it. OSC strings (titles, hyperlinks) must have an end
 * within 2048 characters.
 */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\x1b|\u241b|\^\[)(?:\][^\x07\x1b\n]{0,2048}(?:\x07|\x1b\\)|\[[0-?]{0,32}[ -/]{0,4}[@-~]|[()][0-9A-B]|[=>78cDEHMNOZ])|\x9b[0-?]{0,32}[@-~]/g;
const needsWork =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\x00\r\x1b\x08\x9b\u241b\ufeff]|\^\[\[|(?:^|\t)\d{4}-\d\d-\d\dT|##\[|\||^#\d|^Buildfile: /m;
/** The names of a job and its step, the time, service name or mark that pipeline runners write before each line. */
const prefixes =
  /^(?:[^\t\n]{1,100}\t[^\t\n]{1,100}\t(?=\d{4}-\d\d-\d\dT)|#\d{1,3} \d{1,4}\.\d{1,3} |\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,10}(?:Z|[+-]\d\d:?\d\d)?[ \t]|##\[(?:error|warning)\]|(?:\d\d:\d\d:\d\d )?[\w.-]{1,40}[-.]\d{1,3} {1,20}\| )+/gm;
/** Ant indents the lines of its tasks, and marks them with the name of the task. */
const antPrefixes = /^ {2,12}\[[\w-]{1,20}\] /gm;

export function plainText(raw: string): string {
  return withoutTaskNames(needsWork.test(raw) ? withoutMarks(raw) : raw);
}

function withoutMarks(raw: string): string {
  let text = raw;
  // UTF-16 that was read as bytes: every second character is NUL.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (text.includes('\0')) text = text.replace(/\x00/g, '').replace(/^(?:\ufffd|ÿþ|þÿ)+/, '');
  text = text.replace(/\ufeff/g, '').replace(escapes, '');
  // Overstriking, as manuals do it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  text = text.replace(/[^\n]\x08/g, '');
  // A CR without LF is a progress bar that overwrites itself: each of its states becomes a line.
  text = text.replace(/\r+\n|\r/g, '\n').replace(prefixes, '');
  return /^Buildfile: /m.test(text) ? text.replace(antPrefixes, '') : text;
}
