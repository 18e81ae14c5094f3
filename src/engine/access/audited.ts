// Records every requested change before it is made; a refusal is a separate row (R-SEC-1). An audit log that rejects
// rows does not block changes; it reports that problem itself.
import { isMooseError } from '../../domain/failure.ts';
import type { Database } from '../../store/database.ts';
import { writeAudit } from './write-audit.ts';

export interface AuditEntry {
  /** Who acts: `human:ada`. */
  by: string;
  /** The requested act: `escalation.answer`. */
  act: string;
  subject: string;
  detail: Record<string, unknown>;
}

export async function audited<T>(
  database: Database,
  { by: actor, act, subject, detail }: AuditEntry,
  signal: AbortSignal,
  change: () => Promise<T>,
): Promise<T> {
  await database.run((query) => writeAudit(query, { actor, act, subject, detail }), signal);
  try {
    return await change();
  } catch (cause) {
    const code = isMooseError(cause) ? cause.code : 'UNEXPECTED';
    const refused = { actor, act: `${act}.refused`, subject, detail: { code } };
    await database.run((query) => writeAudit(query, refused), signal);
    throw cause;
  }
}
