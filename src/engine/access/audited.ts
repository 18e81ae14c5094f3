// A change that somebody asks for is written down before it is done, so that nothing is done unseen; a
// refusal is a row of its own (R-SEC-1).
import { isMooseError } from '../../domain/failure.ts';
import { audit } from '../../store/api-tokens.ts';
import type { Database } from '../../store/database.ts';

export interface AuditEntry {
  /** `human:ada`. */
  by: string;
  /** `escalation.answer`. */
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
  await database.run((query) => audit(query, { actor, act, subject, detail }), signal);
  try {
    return await change();
  } catch (cause) {
    const code = isMooseError(cause) ? cause.code : 'UNEXPECTED';
    const refused = { actor, act: `${act}.refused`, subject, detail: { code } };
    await database.run((query) => audit(query, refused), signal);
    throw cause;
  }
}
