import type { ChangedFile } from '../changed-file.ts';

export interface SortedFile {
  file: ChangedFile;
  part: Part;
  role: Role;
  /** For people, after the path. */
  because: string;
  /** A check runs it, or reads it to know what to run. */
  isReached?: true;
}

/**
 * `product`: taken from the change. `mixed`: a source with tests in it, or a manifest; only its product parts are taken.
 * `evidence`: stays as the base has it. `unknown`: nothing shows which of both it is, so the change has to stand with it and
 * without it. `neutral`: read by nobody who judges.
 */
export type Part = 'product' | 'mixed' | 'evidence' | 'unknown' | 'neutral';

/** What kind of evidence it is. */
export type Role =
  | 'source'
  | 'test'
  | 'helper'
  | 'data'
  | 'fixture'
  | 'lock'
  | 'manifest'
  | 'configuration'
  | 'ci'
  | 'document';
