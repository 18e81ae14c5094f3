// The contracts of a spec's plan, with the results of their checks (R-SPEC-3).
import type * as wire from '../../contract/contract.ts';
import { isHuman } from '../../domain/people/person.ts';
import type { Database, Query } from '../../store/database.ts';
import {
  approvedPlan,
  type ContractCheck,
  contractChecksOf,
  type PlannedOrder,
  plannedOrders,
} from '../../store/work/plans/contract-checks.ts';
import { planAt } from '../../store/work/plans/plannings.ts';
import { findSpec } from '../../store/work/plans/specs.ts';
import type { Contract } from './contracts-of.ts';

/** The contracts of the approved plan; before the approval, those of the newest version. */
export function askContracts({ database }: { database: Database }) {
  return {
    /** @throws PermanentError `SPEC_NOT_FOUND`, `SPEC_AMBIGUOUS`, `PLAN_NOT_FOUND` */
    contracts: (given: string): Promise<wire.SpecContracts> =>
      database.run(async (query) => {
        const { id } = await findSpec(query, given);
        const approved = await approvedPlan(query, id);
        const { plan, version } = approved ?? (await planAt(query, id));
        const known = await knownOf(query, id, approved?.approvedBy ?? null);
        return { version, items: plan.contracts.map((contract) => contractView(contract, known)) };
      }),
  };
}

interface Known {
  approvedBy: string | null;
  checks: readonly ContractCheck[];
  orders: readonly PlannedOrder[];
}

async function knownOf(query: Query, specId: string, approvedBy: string | null): Promise<Known> {
  return {
    approvedBy,
    checks: await contractChecksOf(query, specId),
    orders: await plannedOrders(query, specId),
  };
}

function contractView(contract: Contract, known: Known): wire.SpecContract {
  const { name, kind, path, provider, users } = contract;
  const checks = known.checks.filter((check) => check.name === name);
  const broken = checks.find(({ state }) => state === 'broken');
  const accepted = checks.find(({ acceptedBy }) => acceptedBy !== null);
  const keys = new Map(known.orders.map(({ id, planKey }) => [id, planKey]));
  return {
    name,
    kind,
    path,
    provider,
    users,
    state: stateOf(contract, known, checks),
    broken_by: broken ? (keys.get(broken.workOrderId) ?? null) : null,
    breaking: [...(broken?.breaking ?? accepted?.acceptedBreaking ?? [])],
    checked_at: checks.at(-1)?.checkedAt.toISOString() ?? null,
    accepted_by: accepted?.acceptedBy ?? null,
  };
}

function stateOf(
  { kind, provider }: Contract,
  { approvedBy, orders }: Known,
  checks: readonly ContractCheck[],
): wire.SpecContract['state'] {
  if (kind === 'command') {
    if (approvedBy !== null && !isHuman(approvedBy)) return 'unchecked';
    return orders.some(({ planKey, status }) => planKey === provider && status === 'completed')
      ? 'holds'
      : 'waiting';
  }
  if (checks.some(({ state }) => state === 'broken')) return 'broken';
  if (checks.some(({ acceptedBy }) => acceptedBy !== null)) return 'accepted';
  return checks.some(({ role }) => role === 'provider') ? 'holds' : 'waiting';
}
