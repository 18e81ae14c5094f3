import type { Feedback } from '../../domain/work-order/step-result.ts';
import type { Snapshot } from './look-at.ts';
import type { CiFailure } from './next/followed.ts';

export interface Found extends Snapshot {
  /** For the next prompt, if CI is red. */
  feedback: Feedback | null;
  failure: CiFailure | null;
}
