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
  entry: AuditEntry,
  signal: AbortSignal,
  change: () => Promise<T>,
): Promise<T> {
  const { by: actor, act, subject, detail } = entry;
  await database.run((query) => writeAudit(query, { actor, act, subject, detail }), signal);
  return refusalAudited(database, entry, signal, change);
}

/** For a change that records itself, in its own transaction. */
export async function refusalAudited<T>(
  database: Database,
  { by: actor, act, subject }: Omit<AuditEntry, 'detail'>,
  signal: AbortSignal,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (cause) {
    const code = isMooseError(cause) ? cause.code : 'UNEXPECTED';
    const refused = { actor, act: `${act}.refused`, subject, detail: { code } };
    await database.run((query) => writeAudit(query, refused), signal);
    throw cause;
  }
}
