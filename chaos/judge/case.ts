// The judge's input and findings.
import type { Database } from '../../src/store/database.ts';
import type { Stranger, Submitted } from '../instance.ts';

export interface Case {
  database: Database;
  dataDirectory: string;
  /** The names of other machines. */
  furtherDirectories?: readonly string[];
  /** The confirmed work orders, as recorded by their submitter. */
  submitted: readonly Submitted[];
  strangers: readonly Stranger[];
  /** The total of the provider's own bill. */
  billedNanoUsd: bigint;
  /** Moose processes that ended without being killed. */
  diedAlone: readonly string[];
}

/** One violation. */
export interface Finding {
  /** The id of the row, the path, or the process. */
  id: string;
  what: string;
  /** The scenario of the affected work order; null if unknown. */
  scenario: string | null;
  /** What git and the database say about its work order, in the order of time; absent if they say nothing. */
  rows?: string[];
}

export function findingFor(submitted: readonly Submitted[], id: string, what: string): Finding {
  const order = submitted.find((one) => one.id === id);
  return { id, what: order ? `${order.title}: ${what}` : what, scenario: order?.scenario ?? null };
}
