// Replaces private keys in text form (PEM, OpenSSH, PGP), also if a cut removed the start or the end of one.

/** The limit for one block; an RSA key of 16,384 bits takes 13,000 characters. */
const blockCharsMax = 32_768;
/** From this length, a run of these characters is not a word. */
const keyMaterial = /[A-Za-z0-9+/=]{32}/;
const beginMark = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
const endMark = /-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
const between = String.raw`(?:\\[nrt]|[\s>|*])`;
const header = String.raw`(?:Proc-Type|DEK-Info|Version|Comment|Hash): [^\\\r\n"]{0,100}`;
/** What follows a start marker whose end was cut off. */
const openBody = new RegExp(
  `(?:${between}{1,16}${header})*(?:${between}{1,16}[A-Za-z0-9+/=]{16,1024}){1,600}(?:${between}{1,16}[A-Za-z0-9+/=]{1,15})?`,
  'y',
);
/** A line before an end marker whose start was cut off, with the line end. */
const lineBefore = /(?:^|\n|\\n|(?<="))[ \t>|*]{0,16}[A-Za-z0-9+/=]{1,128}(?:\r|\\r)?(?:\n|\\n)?$/;
const lineCharsMax = 160;

export function redactPrivateKeys(text: string, redacted: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  let out = '';
  let done = 0;
  for (let at = text.indexOf('-----'); at >= 0; at = text.indexOf('-----', at)) {
    const block = blockAt(text, at) ?? tailBefore(text, at, done);
    if (block === null) {
      at += 5;
      continue;
    }
    out += text.slice(done, block.start) + redacted;
    done = block.end;
    at = block.end;
  }
  return out + text.slice(done);
}

interface Span {
  start: number;
  end: number;
}

/** A block that begins here, complete or without its end. */
function blockAt(text: string, start: number): Span | null {
  const bodyStart = endOfMatch(beginMark, text, start);
  if (bodyStart === null) return null;
  // The next marker of any kind. If it is not an end marker, this block has no end.
  const endAt = text.indexOf('-----', bodyStart);
  const end = endAt < 0 || endAt - bodyStart > blockCharsMax ? null : endOfMatch(endMark, text, endAt);
  if (end !== null && isBody(text.slice(bodyStart, endAt))) return { start, end };
  const openEnd = endOfMatch(openBody, text, bodyStart);
  return openEnd === null ? null : { start, end: openEnd };
}

/** The body contains no unescaped quote, so that the JSON around it stays JSON. */
function isBody(body: string): boolean {
  return keyMaterial.test(body) && !/(?<!\\)"|[{}[\]]/.test(body);
}

/** The lines of key material before an end without a start. */
function tailBefore(text: string, at: number, done: number): Span | null {
  const end = endOfMatch(endMark, text, at);
  if (end === null) return null;
  let start = at;
  while (start > done && at - start < blockCharsMax) {
    const from = Math.max(done, start - lineCharsMax);
    const line = lineBefore.exec(text.slice(from, start));
    // The start of a slice is not the start of a line, except at the start of the text.
    if (!line || (line.index === 0 && from > 0 && !/^(?:\n|\\n)/.test(line[0]))) break;
    start = from + line.index;
  }
  return keyMaterial.test(text.slice(start, at)) ? { start, end } : null;
}

function endOfMatch(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}
