// Tests of a report as the verdict compares them, and what it compares them with.
import type { SortedFile } from '../parts/sorted-file.ts';
import type { ReportedTest } from '../test-report.ts';
import type { CheckRun, Judged } from './check-runs.ts';
import type { Explained } from './explanation.ts';
import type { WrittenTest } from './written-tests.ts';

export interface Shown extends Judged {
  sorted: readonly SortedFile[];
  explained: readonly Explained[];
  written: readonly WrittenTest[];
  /** It adds or alters a test, or what serves one. */
  bringsTests: boolean;
}

export const failedIn = (run: CheckRun | null | undefined) =>
  run?.report?.tests.filter(({ result }) => result === 'failed') ?? [];

export const keyOf = ({ file, name }: ReportedTest) => `${file ?? ''}\0${name}`;
