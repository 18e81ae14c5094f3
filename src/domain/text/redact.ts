// Keeps secrets out of every text: values that this process knows, and values that look like secrets, are replaced by
// `[redacted:KIND]` (R-FAIL-7, R-SEC-4). Linear in the text; idempotent; JSON stays JSON.
import { knownSecrets } from '../secrets/known-secrets.ts';
import { redactPrivateKeys } from '../secrets/private-key-blocks.ts';
import { secretShapes } from '../secrets/secret-shapes.ts';

const redacted = (kind: string) => `[redacted:${kind}]`;
const shortestSecretChars = 8;

/** IDs, hashes and numbers: no secret has a shape of only these characters. */
const shapeless = /^[\da-f-]*$/;

export function redact(text: string): string {
  if (text.length < shortestSecretChars) return text;
  if (shapeless.test(text)) return redactKnown(text);
  let safe = redactPrivateKeys(redactKnown(text), redacted('private-key'));
  for (const { kind, pattern, isSecret } of secretShapes) {
    safe = safe.replace(pattern, (found, kept: string, value: string) =>
      isSecret && !isSecret(value, kept) ? found : kept + redacted(kind),
    );
  }
  return safe;
}

/** The last `charsMax` characters, without half of a secret whose other half was cut off. */
export function redactTail(text: string, charsMax: number): string {
  return redact(text.slice(-(charsMax + cutMarginChars))).slice(-charsMax);
}

/** Longer than almost any secret, including a private key of usual size. */
const cutMarginChars = 4_096;

/** The name of a secret of this process that the text contains; null if none. */
export function knownSecretIn(text: string): string | null {
  return knownSecrets().next(text, 0)?.name ?? null;
}

function redactKnown(text: string): string {
  const finder = knownSecrets();
  const atStart = finder.cutAtStart(text);
  const atEnd = finder.cutAtEnd(text);
  let out = atStart ? redacted(atStart.name) : '';
  let done = atStart?.end ?? 0;
  for (let found = finder.next(text, done); found; found = finder.next(text, done)) {
    out += text.slice(done, found.start) + redacted(found.name);
    done = found.end;
  }
  if (!atEnd || atEnd.start < done) return done === 0 ? text : out + text.slice(done);
  return out + text.slice(done, atEnd.start) + redacted(atEnd.name);
}

/** The value of a field with this name is always a secret: a header, an option, a column. */
const secretField =
  /^(?:x[-_]?)?(?:authorization|proxy[-_]?authorization|set[-_]?cookie|pass(?:word|wd|phrase)|api[-_]?key|access[-_]?key|secret(?:[-_]?(?:access[-_]?)?key)?|private[-_]?key|client[-_]?secret|(?:access|auth|refresh|api|bearer)[-_]?token)$/i;

/** Redacts a text that has a name, as in a row or a log line. */
export function redactField(name: string, text: string): string {
  return secretField.test(name) && text !== '' && !text.startsWith('[redacted:')
    ? redacted('credential')
    : redact(text);
}
