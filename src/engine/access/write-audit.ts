// Writes the audit log for all interfaces. A log that rejects rows blocks no change and no sign-in. The lost entry is
// kept in the record of that failure (R-SEC-1, R-FAIL-6).
import { PermanentError } from '../../domain/failure.ts';
import { type AuditFields, audit } from '../../store/access/api-tokens.ts';
import type { Query } from '../../store/database.ts';
import { writeInSavepoint } from '../errors/write-in-savepoint.ts';

export async function writeAudit(query: Query, entry: AuditFields): Promise<void> {
  await writeInSavepoint(query, () => audit(query, entry), {
    isEachKept: true,
    failureOf: (refusal) =>
      new PermanentError({
        code: 'AUDIT_NOT_WRITTEN',
        component: 'access',
        operation: 'write audit log',
        message: `Could not write a change to the audit log: ${refusal.message}`,
        advice:
          'Check for a trigger, a constraint or a missing privilege on the table audit_log; until then `moose errors` shows who changed what.',
        severity: 'high',
        metadata: { entry },
        cause: refusal,
      }),
  });
}
