// What PostgreSQL cannot keep in text or jsonb (NUL, half a surrogate pair) is replaced, never a reason to lose a row.

const replacement = '\uFFFD';

export function storableText(text: string): string {
  return text.replaceAll('\0', replacement).toWellFormed();
}

/** JSON for a column; bigints become decimal strings. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return storableText(part);
    return typeof part === 'bigint' ? part.toString() : part;
  });
}
