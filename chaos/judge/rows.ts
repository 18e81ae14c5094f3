import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import type { Submitted } from '../instance.ts';
import { type Finding, findingFor } from './case.ts';

/** Each selected row is a finding: a work order's ID or null, and what is wrong. */
export async function findingsOf(
  database: Database,
  submitted: readonly Submitted[],
  statements: readonly string[],
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const statement of statements) {
    const { rows } = await database.run((query) =>
      sql<{ id: string | null; what: string }>`${sql.raw(statement)}`.execute(query),
    );
    for (const { id, what } of rows) found.push(findingFor(submitted, id ?? '', what));
  }
  return found;
}
