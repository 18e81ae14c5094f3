// Writes the audit log for all interfaces. A log that rejects rows blocks no change and no sign-in. The lost entry is
// kept in the record of that failure (R-SEC-1, R-FAIL-6).

import { type AuditFields, audit } from '../../store/access/api-tokens.ts';
import type { Query } from '../../store/database.ts';
import { writeInSavepoint } from '../errors/write-in-savepoint.ts';
import { accessFailures } from './failure-catalogue.ts';

export async function writeAudit(query: Query, entry: AuditFields): Promise<void> {
  await writeInSavepoint(query, () => audit(query, entry), {
    isEachKept: true,
    failureOf: (refusal) =>
      accessFailures.AUDIT_NOT_WRITTEN(
        { operation: 'write audit log', metadata: { entry }, cause: refusal },
        { message: refusal.message },
      ),
  });
}
