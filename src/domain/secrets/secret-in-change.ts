// A change must be kept and applied byte for byte, so secrets cannot be removed from it: a change that contains one is
// refused before it is stored (R-SEC-4, R-FAIL-7).

import { createHash } from 'node:crypto';
import type { Proposal } from '../agents/proposal.ts';
import type { PermanentError } from '../failure.ts';
import { domainFailures } from '../failure-catalogue.ts';
import { knownSecretIn } from '../text/redact.ts';
import { type ShapedSecret, shapedSecretsIn } from './shaped-secrets.ts';

/** `name` is the secret's variable; no part of the error contains the secret itself. */
export function secretInChange(name: string, path: string, operation: string): PermanentError {
  return domainFailures.SECRET_IN_CHANGE({ operation, metadata: { path, secret: name } }, { path, name });
}

/** Which project decides about a value that looks like a secret, and which values it has allowed. */
export interface SecretPolicy {
  projectId: string;
  /** Fingerprints of values that a person has marked as not secret. */
  allowed: ReadonlySet<string>;
}

/** Identifies an allowed value; the value itself is never stored. */
export function secretFingerprint(projectId: string, value: string): string {
  return createHash('sha256').update(`${projectId}\0${value}`).digest('hex');
}

export function isAllowed({ projectId, allowed }: SecretPolicy, { value }: ShapedSecret): boolean {
  return allowed.has(secretFingerprint(projectId, value));
}

/** The error for a value that looks like a secret, described by file, line and kind. `line` is null if unknown. */
export function shapedSecretInChange(
  policy: SecretPolicy,
  { kind, value }: ShapedSecret,
  place: { path: string; line: number | null },
  operation: string,
): PermanentError {
  const { path, line } = place;
  const at = line === null ? path : `${path}:${line}`;
  return domainFailures.SECRET_IN_CHANGE_AGAIN(
    {
      operation,
      metadata: { path, line, secret: kind, fingerprint: secretFingerprint(policy.projectId, value) },
    },
    { at, kind },
  );
}

/** @throws SECRET_IN_CHANGE for a secret that this process knows */
export function assertNoSecretIn({ edits }: Proposal): void {
  for (const edit of edits) {
    const text = edit.kind === 'write' ? edit.content : edit.kind === 'replace' ? edit.replace : '';
    // The searched text is checked too: the repository may contain the secret, and the edit may remove it, but the edit
    // itself would be stored.
    const name = knownSecretIn(text) ?? (edit.kind === 'replace' ? knownSecretIn(edit.search) : null);
    if (name !== null) throw secretInChange(name, edit.path, 'propose');
    const inPath = knownSecretIn(edit.path);
    if (inPath !== null) throw secretInChange(inPath, 'a file name', 'propose');
  }
}

/** The values in the edits that look like secrets, including those that are already in the repository. */
export function shapedSecretsOf({ edits }: Proposal): Array<ShapedSecret & { path: string }> {
  return edits.flatMap((edit) => {
    const text = edit.kind === 'write' ? edit.content : edit.kind === 'replace' ? edit.replace : '';
    return shapedSecretsIn(text).map((found) => ({ ...found, path: edit.path }));
  });
}
