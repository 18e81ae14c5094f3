// Reads XML that hostile code may have written: no document types and so no entities of its own, nothing from outside, in
// linear time. Stops at what it cannot read. Pure.

export type XmlEvent =
  | { kind: 'open'; name: string; attributes: ReadonlyMap<string, string> }
  | { kind: 'close'; name: string }
  | { kind: 'text'; text: string };

const attributesMax = 100;
const namedEntities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Returns true if the document was read to its end. */
export function* xmlEvents(document: string): Generator<XmlEvent, boolean> {
  let depth = 0;
  let hasRoot = false;
  for (let at = 0; at < document.length; ) {
    const tag = document.indexOf('<', at);
    if (tag === -1) break;
    if (depth > 0 && tag > at) yield { kind: 'text', text: decoded(document.slice(at, tag)) };
    const special = specialAt(document, tag);
    if (special !== null) {
      if (special.end === -1) return false;
      if (special.text !== null) yield { kind: 'text', text: special.text };
      at = special.end;
      continue;
    }
    const end = endOfTag(document, tag + 1);
    if (end === -1) return false;
    const body = document.slice(tag + 1, end);
    at = end + 1;
    if (body.startsWith('/')) {
      depth -= 1;
      if (depth < 0) return false;
      yield { kind: 'close', name: localName(body.slice(1).trim()) };
      continue;
    }
    const name = /^[^\s/]+/.exec(body)?.[0];
    if (name === undefined) return false;
    hasRoot = true;
    yield { kind: 'open', name: localName(name), attributes: attributesOf(body.slice(name.length)) };
    if (body.endsWith('/')) yield { kind: 'close', name: localName(name) };
    else depth += 1;
  }
  return hasRoot && depth === 0;
}

/** A comment, an instruction, a CDATA section; null for a tag, an end of -1 for what is refused. */
function specialAt(document: string, tag: number): { end: number; text: string | null } | null {
  if (document.startsWith('<![CDATA[', tag)) {
    const end = document.indexOf(']]>', tag);
    return { end: end === -1 ? -1 : end + 3, text: end === -1 ? null : document.slice(tag + 9, end) };
  }
  const close = document.startsWith('<!--', tag) ? '-->' : document.startsWith('<?', tag) ? '?>' : null;
  if (close === null) return document.startsWith('<!', tag) ? { end: -1, text: null } : null;
  const end = document.indexOf(close, tag + 2);
  return { end: end === -1 ? -1 : end + close.length, text: null };
}

/** A value in quotes may contain `>`. */
function endOfTag(document: string, from: number): number {
  let quote: string | null = null;
  for (let at = from; at < document.length; at += 1) {
    const char = document.charAt(at);
    if (quote !== null) {
      if (char === quote) quote = null;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at;
  }
  return -1;
}

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(
    /(?<=[\s"'])([^\s=/"'<>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
  )) {
    if (attributes.size >= attributesMax) break;
    attributes.set(localName(name), decoded(double ?? single ?? ''));
  }
  return attributes;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return namedEntities[name] ?? whole;
    const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}
