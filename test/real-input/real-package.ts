import type { Check } from '../../src/domain/work-order/check.ts';

// A published package and two neighbouring versions of it; the later one fixes something.

/** A version with a hash of its bytes, so that the registry cannot change what is tested. */
export interface PinnedVersion {
  version: string;
  /** `dist.integrity` from the registry: `sha512-<base64>`. */
  integrity: string;
}

export interface ChangedFile {
  path: string;
  change: 'modified' | 'added' | 'deleted';
}

/** A file in the earlier repository that was not published. */
export interface AddedFile {
  path: string;
  /** `text`: this text. `checkFile`: a file under `checks/`. `later`: the same file of the later version. */
  from: { text: string } | { checkFile: string } | 'later';
}

export interface RealPackage {
  name: string;
  earlier: PinnedVersion;
  later: PinnedVersion;
  workOrder: { title: string; description: string };
  /** The source of the work order's text. */
  source: string;
  checks: readonly Check[];
  /** A part of the output with which the check fails on the earlier version: it must fail for the right reason. */
  failsWith: string;
  addedFiles: readonly AddedFile[];
  /** Sorted by path; added files are not included. */
  changedFiles: readonly ChangedFile[];
}
