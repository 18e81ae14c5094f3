// The most tokens that a text can make. A byte-level tokenizer makes at most one token per byte, but it may first bring
// the text into a Unicode normal form, which is up to eleven times as long.

/** Escapes of JSON inside JSON, such as the arguments of a call: the provider resolves them before it counts. */
const escaped = /\\+u([0-9a-fA-F]{4})/g;

export function tokensOfText(text: string): number {
  const bytes = Buffer.byteLength(text);
  const hasEscapes = text.includes('\\u');
  if (bytes === text.length && !hasEscapes) return bytes;
  const normal = Buffer.byteLength(text.normalize('NFKC'));
  if (!hasEscapes) return Math.max(bytes, normal);
  const resolved = text.replace(escaped, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Math.max(bytes, normal, Buffer.byteLength(resolved.normalize('NFKC')));
}
