// What is written into the database: without secrets, and without what PostgreSQL cannot keep in text or jsonb (NUL, half
// a surrogate pair), which is replaced and never a reason to lose a row.
//
// Every text that goes through the pool is made storable there (`database.ts`), so that nobody can forget it. JSON is
// made by `toJson`, which sees more: what stands under the name of a secret is one. What is applied to files later has
// to stay as it is: the edits of a proposal, and the bytes of patches and bundles. These are refused before they are
// stored when they hold a secret that this process knows (SECRET_IN_CHANGE), and are otherwise kept `exactly`.
import { redact, redactField } from '../domain/redact.ts';

const replacement = '\uFFFD';

export function storableText(text: string): string {
  return redact(keepable(text));
}

function keepable(text: string): string {
  return text.replaceAll('\0', replacement).toWellFormed();
}

/** JSON for a column; bigints become decimal strings. What is below `exactField`, at any depth, keeps its secrets. */
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

/** A text that the pool must leave unchanged. @see the file's first lines for what may be one */
export function exactly(text: string): string {
  // `pg` asks a value that is not a text for the text to send.
  return { toPostgres: () => text } as unknown as string;
}
