// Whether changes that are green alone are green together (R-GREEN-11).

import { z } from 'zod';
import { shortId } from '../ids.ts';
import type { CheckKind } from './check.ts';

/**
 * `likely`: with the open changes that something connects with it. `all`: with every open change of the project. The
 * first is the default.
 */
export const togetherModes = ['likely', 'all', 'off'] as const;
export type TogetherMode = (typeof togetherModes)[number];

/** The first check that failed on a tree. */
export interface RedCheck {
  kind: CheckKind;
  command: string;
  exitCode: number | null;
  outputTail: string;
  durationMs: number;
  /** The tests that failed, as the runner or the output names them. */
  tests: string[];
}

/** Another open change of the project, or what the base branch has gained since the change began. */
const otherChangeSchema = z.object({
  /** Null: the base branch. */
  workOrderId: z.string().nullable(),
  title: z.string(),
  /** Of its pull request; null if it is about to be opened. */
  number: z.number().nullable(),
});
export type OtherChange = z.infer<typeof otherChangeSchema>;

/** What a change was checked with, as it is stored with the change. */
export const checkedTogetherSchema = z.object({
  mode: z.enum(togetherModes),
  /** The changes in the tree that was checked. */
  with: z.array(otherChangeSchema),
  /** Those that could not be merged with it: git reports a conflict. */
  left: z.array(otherChangeSchema),
  /** Runs of the project's checks that it needed; a known result needs none. */
  runs: z.number(),
  treeSha: z.string(),
  /** Why nothing is known, or why nobody is blamed; null if the tree is green. */
  because: z.string().nullable(),
});
export type CheckedTogether = z.infer<typeof checkedTogetherSchema>;

/** Names a change for people and agents. */
export function nameOfChange({ workOrderId, title, number }: OtherChange): string {
  if (workOrderId === null) return title;
  const id = shortId(workOrderId);
  return number === null
    ? `work order ${id} ("${title}")`
    : `pull request ${number} of work order ${id} ("${title}")`;
}

/** Why nothing is known of it together with others, if git cannot merge it into its base branch. */
export const conflictsWithItsBase = 'it conflicts with its base branch';

/** For people; empty if it was checked with nothing. */
export function togetherSentence(together: CheckedTogether | undefined): string {
  if (!together || together.with.length === 0) return '';
  const names = together.with.map(nameOfChange).join(', ');
  return together.because === null
    ? `Also green together with ${names}.`
    : `Checked together with ${names}: ${together.because}.`;
}
