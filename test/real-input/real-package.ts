import type { Check } from '../../src/domain/check.ts';

// A published package and two neighbouring versions of it, of which the later one mends something.

/** A version, held to its bytes: the registry may not change what the test is about. */
export interface PinnedVersion {
  version: string;
  /** `dist.integrity` as the registry says it: `sha512-<base64>`. */
  integrity: string;
}

export interface ChangedFile {
  path: string;
  change: 'modified' | 'added' | 'deleted';
}

/** A file that the earlier repository has besides what was published. */
export interface AddedFile {
  path: string;
  /** `text`: these words. `checkFile`: a file under `checks/`. `later`: the later version's own file of that path. */
  from: { text: string } | { checkFile: string } | 'later';
}

export interface RealPackage {
  name: string;
  earlier: PinnedVersion;
  later: PinnedVersion;
  workOrder: { title: string; description: string };
  /** Where the work order's words come from. */
  source: string;
  checks: readonly Check[];
  /** Words of the failing check on the earlier version: it must fail for the right reason. */
  failsWith: string;
  addedFiles: readonly AddedFile[];
  /** Sorted by path; added files are not among them. */
  changedFiles: readonly ChangedFile[];
}
