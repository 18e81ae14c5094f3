// Makes values storable. Secrets are removed. Characters that PostgreSQL cannot keep in text or jsonb (NUL, half a
// surrogate pair) are replaced, so that no row is lost because of them.
//
// Every text that goes through the pool is made storable there (`database.ts`), so that nobody can forget it. JSON is
// made by `toJson`, which sees more: the value of a field with a secret's name is a secret. Content that is later
// written to files must stay unchanged: the edits of a proposal, and the bytes of patches and bundles. It is refused if
// it contains a secret that this process knows (SECRET_IN_CHANGE), and is otherwise kept `exactly`.
import { redact, redactField } from '../domain/text/redact.ts';

const replacement = '\uFFFD';

export function storableText(text: string): string {
  return redact(keepable(text));
}

function keepable(text: string): string {
  return text.replaceAll('\0', replacement).toWellFormed();
}

/**
 * JSON for a column; bigints become decimal strings. Values below a field named `exactField`, at any depth, stay
 * unchanged, including secrets.
 */
export function toJson(value: unknown, exactField?: string): string {
  const exact = new WeakSet<object>();
  return JSON.stringify(value, function (this: object, name, part: unknown) {
    if (typeof part === 'bigint') return part.toString();
    const isExact = name === exactField || exact.has(this);
    if (typeof part === 'string') return isExact ? keepable(part) : redactField(name, keepable(part));
    if (isExact && typeof part === 'object' && part !== null) exact.add(part);
    return part;
  });
}

/** Marks a text that the pool must leave unchanged. The file's first lines say which texts may be marked. */
export function exactly(text: string): string {
  // If a value is not a string, `pg` calls its `toPostgres`.
  return { toPostgres: () => text } as unknown as string;
}
