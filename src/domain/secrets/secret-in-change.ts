// A change must be kept and applied to the last byte, so that no secret can be taken out of it: one that holds a secret
// is refused instead, before it is stored (R-SEC-4, R-FAIL-7).
import { createHash } from 'node:crypto';
import { PermanentError } from '../failure.ts';
import type { Proposal } from '../proposal.ts';
import { knownSecretIn } from '../redact.ts';
import { type ShapedSecret, shapedSecretsIn } from './shaped-secrets.ts';

/** `name` is the secret's variable; the secret itself is in no part of the error. */
export function secretInChange(name: string, path: string, operation: string): PermanentError {
  return new PermanentError({
    code: 'SECRET_IN_CHANGE',
    component: 'secrets',
    operation,
    message: `The change is refused: ${path} would contain the secret ${name}.`,
    advice: `Retry it with instructions to read the secret from the environment; if ${name} is not a secret, unset it where Moose runs.`,
    severity: 'high',
    failureClass: 'contract_violation',
    metadata: { path, secret: name },
  });
}

/** Which project's word counts for a value that looks like a secret, and which values it has let through. */
export interface SecretPolicy {
  projectId: string;
  /** Fingerprints of values that a person has said to be no secrets. */
  allowed: ReadonlySet<string>;
}

/** By this a value that was let through is known again; the value itself is stored nowhere. */
export function secretFingerprint(projectId: string, value: string): string {
  return createHash('sha256').update(`${projectId}\0${value}`).digest('hex');
}

export function isAllowed({ projectId, allowed }: SecretPolicy, { value }: ShapedSecret): boolean {
  return allowed.has(secretFingerprint(projectId, value));
}

/** What looks like one: named by file, line and kind. `line` is null where nobody knows it. */
export function shapedSecretInChange(
  policy: SecretPolicy,
  { kind, value }: ShapedSecret,
  place: { path: string; line: number | null },
  operation: string,
): PermanentError {
  const { path, line } = place;
  const at = line === null ? path : `${path}:${line}`;
  return new PermanentError({
    code: 'SECRET_IN_CHANGE',
    component: 'secrets',
    operation,
    message: `The change is refused: ${at} would contain what looks like a secret (${kind}).`,
    advice:
      'Retry it with instructions to read the secret from the environment: `moose retry ID --note "…"`; if it is not a secret, say so in the answer to the question.',
    severity: 'high',
    failureClass: 'contract_violation',
    metadata: { path, line, secret: kind, fingerprint: secretFingerprint(policy.projectId, value) },
  });
}

/** @throws SECRET_IN_CHANGE for a secret that this process knows */
export function assertNoSecretIn({ edits }: Proposal): void {
  for (const edit of edits) {
    const text = edit.kind === 'write' ? edit.content : edit.kind === 'replace' ? edit.replace : '';
    // What is looked for may be in the repository already, and is about to go; but it would be stored.
    const name = knownSecretIn(text) ?? (edit.kind === 'replace' ? knownSecretIn(edit.search) : null);
    if (name !== null) throw secretInChange(name, edit.path, 'propose');
    const inPath = knownSecretIn(edit.path);
    if (inPath !== null) throw secretInChange(inPath, 'a file name', 'propose');
  }
}

/** What edits would add that looks like a secret; what stands in the repository already is among it. */
export function shapedSecretsOf({ edits }: Proposal): Array<ShapedSecret & { path: string }> {
  return edits.flatMap((edit) => {
    const text = edit.kind === 'write' ? edit.content : edit.kind === 'replace' ? edit.replace : '';
    return shapedSecretsIn(text).map((found) => ({ ...found, path: edit.path }));
  });
}
