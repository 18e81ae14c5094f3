// A change must be kept and applied to the last byte, so that no secret can be taken out of it: one that holds a secret
// of this process is refused before it is stored, committed or published (R-SEC-4).
import { PermanentError } from '../failure.ts';
import type { Proposal } from '../proposal.ts';
import { knownSecretIn } from '../redact.ts';

/** `name` is the secret's variable; the secret itself is in no part of the error. */
export function secretInChange(name: string, path: string, operation: string): PermanentError {
  return new PermanentError({
    code: 'SECRET_IN_CHANGE',
    component: 'secrets',
    operation,
    message: `${path} would hold the secret of ${name}, and so the change is refused.`,
    advice: `Retry it with instructions to read the secret from the environment; if ${name} is no secret, unset it where Moose runs.`,
    severity: 'high',
    failureClass: 'contract_violation',
    metadata: { path, secret: name },
  });
}

/** @throws SECRET_IN_CHANGE */
export function assertNoSecretIn({ edits }: Proposal): void {
  for (const edit of edits) {
    const text = edit.kind === 'write' ? edit.content : edit.kind === 'replace' ? edit.replace : '';
    // What is looked for may be in the repository already, and is about to go; but it would be stored.
    const name = knownSecretIn(text) ?? (edit.kind === 'replace' ? knownSecretIn(edit.search) : null);
    if (name !== null) throw secretInChange(name, edit.path, 'propose');
    const inPath = knownSecretIn(edit.path);
    if (inPath !== null) throw secretInChange(inPath, 'The name of a file', 'propose');
  }
}
