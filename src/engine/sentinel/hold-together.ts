// Before Moose merges by policy: a change that was verified on another base, and that something connects with what the base
// has gained, is brought to the base and checked there first (R-GREEN-11).
import { nameOfChange } from '../../domain/together.ts';
import { isThere } from '../../git/is-there.ts';
import { isGreenTree } from '../../store/work/checked-trees.ts';
import { newestStepResult } from '../../store/work/runs.ts';
import { configAt } from '../policy/config-at.ts';
import { togetherOf } from '../policy/project-values.ts';
import type { ApplyingResult, RoutingResult, VerifyingResult } from '../run/step-results.ts';
import { checkWithOthers } from '../together/check-with-others.ts';
import type { Found } from './advance.ts';
import type { LookContext } from './follow-deps.ts';
import { followedLimits } from './followed.ts';
import type { Next } from './next-of-facts.ts';

/** Null if it may be merged now. */
export async function holdTogether(context: LookContext, { seen }: Found): Promise<Next | null> {
  const { database, project, order, row, settings, followed, signal } = context;
  const results = await database.run(
    async (query) => ({
      routed: await newestStepResult<RoutingResult>(query, order.id, 'routing'),
      applied: await newestStepResult<ApplyingResult>(query, order.id, 'applying'),
      verified: await newestStepResult<VerifyingResult>(query, order.id, 'verifying'),
    }),
    signal,
  );
  const { routed, applied, verified } = results;
  // Signed commits have another hash and the same files: the forge's own check of the branch decides then.
  if (!routed || !verified?.isVerified || applied?.headSha !== seen.headSha) return null;
  if (!(await isThere(project.repositoryPath))) return null;
  const file = await configAt(project.repositoryPath, routed.baseSha, signal);
  const mode = togetherOf(project.settings, file, settings);
  if (mode === 'off') return null;
  const judged = await checkWithOthers(
    { database, project, dataDirectory: settings.dataDirectory, signal },
    {
      mode,
      workOrderId: order.id,
      headSha: applied.headSha,
      treeSha: applied.treeSha,
      baseBranch: row.baseBranch,
      commands: verified.checks.map(({ command }) => command),
      withOpen: false,
      // A look runs nothing: what is not known to be green is checked by the next run.
      check: async ({ treeSha }) => {
        const isGreen = await database.run((query) => isGreenTree(query, project.id, treeSha), signal);
        return { red: isGreen ? null : undefined, isNew: false };
      },
    },
  );
  if (judged?.is !== 'unknown') return null;
  const names = judged.with.map(nameOfChange).join(' and ');
  const because = `it was verified before ${names}, and is checked with that first`;
  if (followed.updates < followedLimits.updatesMax) return { act: 'update branch', because };
  const stays = `${because}, after ${followed.updates} updates`;
  return { act: 'escalate', code: 'PULL_REQUEST_STAYS_BEHIND', because: stays, failed: [] };
}
