// What a version of a plan changed compared with the previous one, and why that one was refused (R-SPEC-4).
import type * as wire from '../../contract/contract.ts';
import { comparePlans } from '../../domain/plan/compare-plans.ts';
import type { Database } from '../../store/database.ts';
import { planAt, planBefore, type SpecPlan } from '../../store/work/plans/plannings.ts';
import { findSpec } from '../../store/work/plans/specs.ts';

/** The newest version, or the named one. @throws PermanentError `SPEC_NOT_FOUND`, `SPEC_AMBIGUOUS`, `PLAN_NOT_FOUND` */
export function planChangesOf(
  database: Database,
  given: string,
  version?: number,
): Promise<wire.SpecPlanChanges> {
  return database.run(async (query) => {
    const { id } = await findSpec(query, given);
    const after = await planAt(query, id, version);
    const before = await planBefore(query, id, after.version);
    return {
      before: before ? planVersionView(before) : null,
      after: planVersionView(after),
      items: before ? comparePlans(before.plan, after.plan) : [],
    };
  });
}

export function planVersionView({ plan, ...row }: SpecPlan): wire.SpecPlanVersion {
  return { ...versionView(row), work_orders: plan.work_orders.length };
}

export function versionView({
  version,
  madeBy,
  because,
  createdAt,
  problems,
  isAside,
}: Pick<SpecPlan, 'version' | 'madeBy' | 'because' | 'createdAt' | 'problems' | 'isAside'>) {
  return {
    version,
    is_aside: isAside,
    made_by: madeBy,
    because,
    created_at: createdAt.toISOString(),
    problems: [...problems],
  };
}
