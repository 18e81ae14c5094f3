// Removes terminal codes, time stamps and encoding leftovers from a tool's output. Never throws; takes linear time.

/**
 * ESC as itself, as its Unicode picture, or as `cat -v` writes it. OSC strings (titles, hyperlinks) must have an end
 * within 2048 characters.
 */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\x1b|\u241b|\^\[)(?:\][^\x07\x1b\n]{0,2048}(?:\x07|\x1b\\)|\[[0-?]{0,32}[ -/]{0,4}[@-~]|[()][0-9A-B]|[=>78cDEHMNOZ])|\x9b[0-?]{0,32}[@-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const needsWork = /[\x00\r\x1b\x08\x9b\u241b\ufeff]|\^\[\[|^\d{4}-\d\d-\d\dT|##\[|\||^#\d|^ {3,12}\[/m;
const mayNameTasks = /^[@\w.][\w@./-]{0,80}[ :]\w[\w:.-]{0,40}[:$] /m;
/** The time, service name or mark that pipeline runners write before each line. */
const prefixes =
  /^(?:#\d{1,3} \d{1,4}\.\d{1,3} |\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,10}(?:Z|[+-]\d\d:?\d\d)?[ \t]|##\[(?:error|warning)\]|[\w.-]{1,40}-\d{1,3} {1,20}\| )+/gm;

export function plainText(raw: string): string {
  if (!needsWork.test(raw) && !mayNameTasks.test(raw)) return raw;
  let text = raw;
  // UTF-16 that was read as bytes: every second character is NUL.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (text.includes('\0')) text = text.replace(/\x00/g, '').replace(/^(?:\ufffd|ÿþ|þÿ)+/, '');
  text = text.replace(/\ufeff/g, '').replace(escapes, '');
  // Overstriking, as manuals do it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  text = text.replace(/[^\n]\x08/g, '');
  // A CR without LF is a progress bar that overwrites itself: each of its states becomes a line.
  return withoutTaskNames(text.replace(/\r+\n|\r/g, '\n').replace(prefixes, ''));
}

/**
 * The prefixes that task runners write before each line of a task's output, with a pattern that recognises the runner.
 */
const taskPrefixes: readonly { known: RegExp; prefix: RegExp }[] = [
  {
    known: /: cache (?:miss|hit|bypass), |• Packages in scope: |^ {0,3}Tasks: {2,}\d+ successful/m,
    prefix: /^@?[\w./-]{1,80}:[\w:.-]{1,40}: ?/gm,
  },
  {
    known: /^(?:\.|[\w@][\w@./-]{0,80}) [\w:.-]{1,40}\$ |^Scope: \d+ of \d+ (?:workspace )?projects/m,
    prefix: /^(?:\.|[\w@][\w@./-]{0,80}) [\w.-]{1,40}(?::[\w.-]{1,40})?: /gm,
  },
  { known: /^Buildfile: /m, prefix: /^ {2,12}\[[\w-]{1,20}\] /gm },
];

function withoutTaskNames(text: string): string {
  let plain = text;
  for (const { known, prefix } of taskPrefixes) if (known.test(plain)) plain = plain.replace(prefix, '');
  return plain;
}
