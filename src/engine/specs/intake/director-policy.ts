// The Director's policy (R-SPEC-1): which plans run without a person. Each row may object to a plan, or to
// some of its work orders; a plan without objections is approved. Pure.
import type * as wire from '../../../contract/contract.ts';
import type { DirectorLimits, DirectorName } from '../../../domain/limits/director-limits.ts';
import { nanoUsdPerUsd, usdNumber } from '../../../domain/money.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { partOfPlan } from '../../../domain/plan/plan-part.ts';
import { forbiddenName } from '../../../git/commit/change-guard.ts';
import type { AssessmentPolicy } from '../../policy/assessment-policy.ts';
import { hardStopsIn, type OrderEstimates, totalOf } from '../estimate-orders.ts';

export interface PlanFacts {
  plan: Plan;
  estimates: OrderEstimates;
  assessment: AssessmentPolicy;
  limits: DirectorLimits;
}

export type Objection = wire.SpecObjection;

interface DirectorRow {
  id: string;
  /** When it objects, for the documentation. */
  asks: string;
  /** The limit that decides when it objects; null: no limit can switch it off. */
  limit: DirectorName | null;
  speak(facts: PlanFacts): Omit<Objection, 'row'>[];
}

type Ordered = Plan['work_orders'][number];

/** One objection for each work order with something to report. */
const each = (
  { plan }: PlanFacts,
  find: (order: Ordered) => readonly string[],
  say: (order: Ordered, found: string) => string,
) =>
  plan.work_orders.flatMap((order) => {
    const found = find(order);
    return found.length === 0 ? [] : [{ keys: [order.key], because: say(order, listed(found)) }];
  });

const whole = (isSo: boolean, because: string) => (isSo ? [{ keys: [], because }] : []);

/** In the order in which people read them. */
export const directorRows: readonly DirectorRow[] = [
  {
    id: 'hard_stop',
    asks: 'a work order has a hard-stop word in its text, its acceptance, its paths or its contracts',
    limit: null,
    speak: (facts) =>
      each(
        facts,
        (order) => hardStopsIn(order, facts.assessment, facts.plan.contracts),
        ({ key }, found) => `${key} is about ${found}, which a person always decides about`,
      ),
  },
  {
    id: 'ci_files',
    asks: 'a work order touches CI, hooks or git configuration',
    limit: null,
    speak: (facts) =>
      each(
        facts,
        ({ files }) =>
          files.map(({ path }) => path).filter((path) => forbiddenName(path, { allowCiChanges: false })),
        ({ key }, found) => `${key} touches ${found}, which decides what runs on other machines`,
      ),
  },
  {
    id: 'mode',
    asks: 'the mode is `ask`',
    limit: 'mode',
    speak: ({ limits }) => whole(limits.mode === 'ask', 'every plan needs the approval of a person here'),
  },
  {
    id: 'contract_change',
    asks: 'a work order has a migration or a schema, or changes the file of a contract that exists',
    limit: null,
    speak: (facts) =>
      each(
        facts,
        (order) => contractFiles(facts.plan, order),
        ({ key }, found) => `${key} changes what other code relies on: ${found}`,
      ),
  },
  {
    id: 'deletes',
    asks: 'a work order deletes files',
    limit: null,
    speak: (facts) =>
      each(
        facts,
        ({ files }) => files.filter(({ act }) => act === 'delete').map(({ path }) => path),
        ({ key }, found) => `${key} deletes ${found}`,
      ),
  },
  {
    id: 'complexity',
    asks: 'a work order is more complex than the limit',
    limit: 'complexity',
    speak: ({ plan, limits: { complexityMax } }) =>
      plan.work_orders
        .filter(({ complexity }) => complexity > complexityMax)
        .map(({ key, complexity }) => ({
          keys: [key],
          because: `${key} has a complexity of ${complexity.toFixed(1)}; the limit is ${complexityMax.toFixed(1)}`,
        })),
  },
  {
    id: 'work_orders',
    asks: 'the plan has more work orders than the limit',
    limit: 'work_orders',
    speak: ({ plan: { work_orders }, limits: { workOrdersMax } }) =>
      whole(
        work_orders.length > workOrdersMax,
        `it has ${work_orders.length} work orders; the limit is ${workOrdersMax}`,
      ),
  },
  {
    id: 'files',
    asks: 'the plan touches more files than the limit',
    limit: 'files',
    speak: ({ plan, limits: { filesMax } }) => {
      const { size } = new Set(plan.work_orders.flatMap(({ files }) => files.map(({ path }) => path)));
      return whole(size > filesMax, `it touches ${size} files; the limit is ${filesMax}`);
    },
  },
  {
    id: 'cost',
    asks: 'the high end of the estimate is above the limit',
    limit: 'cost_usd',
    speak: ({ plan, estimates, limits: { costUsdMax } }) => {
      const { highNanoUsd } = totalOf(estimatesOf(plan, estimates));
      return whole(
        isAbove(highNanoUsd, costUsdMax),
        `it may cost ${usd(highNanoUsd)}; the limit is $${costUsdMax.toFixed(2)}`,
      );
    },
  },
  {
    id: 'confidence',
    asks: 'the high end of the part of the estimate that is not from finished work orders is above the limit',
    limit: 'unsure_usd',
    speak: ({ plan, estimates, limits: { unsureUsdMax } }) => {
      const unsure = estimatesOf(plan, estimates).filter(({ basis }) => basis === 'policy');
      const { highNanoUsd } = totalOf(unsure);
      const said = `too few work orders have ended to tell what ${unsure.length} of it cost: perhaps ${usd(highNanoUsd)}; the limit for that is $${unsureUsdMax.toFixed(2)}`;
      return whole(isAbove(highNanoUsd, unsureUsdMax), said);
    },
  },
];

export function objectionsTo(facts: PlanFacts): Objection[] {
  return directorRows.flatMap(({ id, speak }) => speak(facts).map((said) => ({ row: id, ...said })));
}

/**
 * The part of a plan without objections, if it can run separately: work orders that depend on another part,
 * or rely on its contract, are excluded. Null if that leaves nothing, or if the policy would ask about the
 * part too.
 */
export function harmlessPart(facts: PlanFacts): Plan | null {
  const { plan } = facts;
  const named = new Set(objectionsTo(facts).flatMap(({ keys }) => keys));
  if (named.size === 0) return null;
  for (let before = -1; before !== named.size; ) {
    before = named.size;
    for (const { key, depends_on } of plan.work_orders)
      if (depends_on.some((other) => named.has(other))) named.add(key);
    for (const { provider, users } of plan.contracts)
      if (named.has(provider)) for (const user of users) named.add(user);
  }
  const kept = plan.work_orders.filter(({ key }) => !named.has(key)).map(({ key }) => key);
  if (kept.length === 0) return null;
  const part = partOfPlan(plan, new Set(kept));
  return objectionsTo({ ...facts, plan: part }).length === 0 ? part : null;
}

function contractFiles({ contracts }: Plan, { key, files }: Ordered): string[] {
  const declared = new Set(contracts.filter(({ provider }) => provider === key).map(({ path }) => path));
  return files
    .filter(
      ({ path, act, kind }) =>
        kind === 'migration' || kind === 'schema' || (act !== 'create' && declared.has(path)),
    )
    .map(({ path }) => path);
}

function estimatesOf({ work_orders }: Plan, estimates: OrderEstimates) {
  return work_orders.flatMap(({ key }) => estimates.get(key) ?? []);
}

const isAbove = (nanoUsd: bigint, limitUsd: number) =>
  nanoUsd > BigInt(Math.round(limitUsd * Number(nanoUsdPerUsd)));
const usd = (nanoUsd: bigint) => `$${usdNumber(nanoUsd).toFixed(2)}`;

/** More examples than this do not help. */
const listedMax = 5;
const listed = (found: readonly string[]) =>
  found.slice(0, listedMax).join(', ') + (found.length > listedMax ? ', …' : '');
