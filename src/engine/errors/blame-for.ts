// Decides whether the row or the database caused a failed write: a bad row is set aside, and an unavailable database is
// waited for. Pure.
import { isMooseError } from '../../domain/failure.ts';

/** SQLSTATE classes: data exception, integrity, a limit of the program (such as the size of an index entry). */
const classesOfRows = new Set(['22', '23', '54']);
/**
 * SQLSTATE classes: connection, transaction state, authorisation, object state, resources, operator, system, no such
 * database.
 */
const classesOfDatabases = new Set(['08', '25', '28', '3D', '40', '53', '55', '57', '58']);

export function blameFor(cause: unknown): 'row' | 'database' | 'unclear' {
  // The driver threw before it sent anything: it cannot write this value.
  if (!isMooseError(cause)) return 'row';
  const { sqlstate } = cause.metadata;
  if (typeof sqlstate !== 'string') return 'database';
  const sqlClass = sqlstate.slice(0, 2);
  if (classesOfRows.has(sqlClass)) return 'row';
  return classesOfDatabases.has(sqlClass) ? 'database' : 'unclear';
}
