// Whether a failed write is the fault of the row or of the database: a bad row is moved aside, and for a
// database that accepts nothing it waits. Pure.
import { isMooseError } from '../../domain/failure.ts';

/** Classes of SQLSTATE: data exception, integrity, a limit of the program (such as the size of an index entry). */
const classesOfRows = new Set(['22', '23', '54']);
/** Connection, transaction state, authorisation, object state, resources, operator, system, no such database. */
const classesOfDatabases = new Set(['08', '25', '28', '3D', '40', '53', '55', '57', '58']);

export function blameFor(cause: unknown): 'row' | 'database' | 'unclear' {
  // Thrown on the way to the database, by the driver: it cannot write this value.
  if (!isMooseError(cause)) return 'row';
  const { sqlstate } = cause.metadata;
  if (typeof sqlstate !== 'string') return 'database';
  const sqlClass = sqlstate.slice(0, 2);
  if (classesOfRows.has(sqlClass)) return 'row';
  return classesOfDatabases.has(sqlClass) ? 'database' : 'unclear';
}
