// Every kind of difference between the tables and what they describe that Moose looks for (R-SES-7).
import type { DriftKind } from './drift-kind.ts';
import { kindsOfBranches } from './kinds-of-branches.ts';
import { kindsOfFiles } from './kinds-of-files.ts';
import { kindsOfForges } from './kinds-of-forges.ts';
import { kindsOfMoney } from './kinds-of-money.ts';
import { kindsOfProcesses } from './kinds-of-processes.ts';
import { kindsOfRemotes } from './kinds-of-remotes.ts';
import { kindsOfRuns } from './kinds-of-runs.ts';
import { kindsOfWorktrees } from './kinds-of-worktrees.ts';

export const driftKinds: readonly DriftKind[] = [
  ...kindsOfRuns,
  ...kindsOfProcesses,
  ...kindsOfWorktrees,
  ...kindsOfBranches,
  ...kindsOfRemotes,
  ...kindsOfForges,
  ...kindsOfFiles,
  ...kindsOfMoney,
];

export function kindNamed(name: string): DriftKind | undefined {
  return driftKinds.find((kind) => kind.name === name);
}
