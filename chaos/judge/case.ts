// What the judge looks at, and what it finds.
import type { Database } from '../../src/store/database.ts';
import type { Stranger, Submitted } from '../instance.ts';

export interface Case {
  database: Database;
  dataDirectory: string;
  /** What was acknowledged, by the record of who submitted it. */
  submitted: readonly Submitted[];
  strangers: readonly Stranger[];
  /** What the provider's own bill says. */
  billedNanoUsd: bigint;
  /** Moose processes that ended although nobody had killed them. */
  diedAlone: readonly string[];
}

/** One thing that should not be. */
export interface Finding {
  /** The id of the row, the path, or the process. */
  id: string;
  what: string;
  /** The scenario whose work order it is about; null if it cannot be told. */
  scenario: string | null;
}

export function findingFor(submitted: readonly Submitted[], id: string, what: string): Finding {
  const order = submitted.find((one) => one.id === id);
  return { id, what: order ? `${order.title}: ${what}` : what, scenario: order?.scenario ?? null };
}
