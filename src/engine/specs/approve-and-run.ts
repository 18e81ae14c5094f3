// Approves the plan of a spec (R-SPEC-1).
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { approveSpec } from '../../store/work/decided-plans.ts';
import { newestPlan, planAt } from '../../store/work/plannings.ts';
import { findSpec } from '../../store/work/specs.ts';
import { planNotNewest, planNotValid } from './approval-failures.ts';

export interface Approval {
  spec: string;
  /** Absent: the newest. */
  version?: number | undefined;
  by: string;
}

/** Idempotent. @throws PermanentError `PLAN_NOT_FOUND`, `PLAN_NOT_NEWEST`, `PLAN_NOT_VALID` */
export async function approveAndRun(
  { database, clock }: { database: Database; clock: Clock },
  { spec, version, by }: Approval,
): Promise<{ specId: string }> {
  return database.transaction(async (query) => {
    const { id: specId } = await findSpec(query, spec);
    const plan = await planAt(query, specId, version);
    const newest = await newestPlan(query, specId);
    if (newest && newest.version !== plan.version) throw planNotNewest(specId, plan.version, newest.version);
    if (plan.problems.length > 0) throw planNotValid(specId, plan);
    await approveSpec(query, specId, { version: plan.version, by, at: clock.now() });
    return { specId };
  });
}
