// The file `objects/info/alternates`: one folder of objects per line. A path that a line cannot hold is quoted, as in C.

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\\': '\\\\', '"': '\\"' };

/** One line, for any path. */
export function alternatesLine(path: string): string {
  if (!/^["#]|\n/.test(path)) return `${path}\n`;
  return `"${path.replace(/["\\\n]/g, (each) => escapes[each] ?? each)}"\n`;
}

/** The paths; relative ones as they are written. */
export function alternatesIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (/^".*"$/.test(line) ? unquoted(line.slice(1, -1)) : line));
}

const letters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Octal escapes are bytes of UTF-8. */
function unquoted(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  const read = bytes.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (letters[code] ?? code),
  );
  return Buffer.from(read, 'latin1').toString('utf8');
}
