// For tests: a work order of an approved plan with contracts.
import { randomUUID } from 'node:crypto';
import { planned, planOf } from '../../../../domain/plan/plan.fixture.ts';
import type { Plan } from '../../../../domain/plan/plan.ts';
import type { Database } from '../../../../store/database.ts';
import { addPlan } from '../../../../store/work/plans/plannings.ts';
import { addSpec } from '../../../../store/work/plans/specs.ts';
import { theWorkOrder } from '../../../../store/work/scratch-rows.fixture.ts';
import type { Work } from '../../../run/work.ts';

export const contractPath = 'src/basket.ts';

export function contractOf(given: Partial<Plan['contracts'][number]> = {}): Plan['contracts'][number] {
  return {
    name: 'Basket',
    kind: 'typescript',
    path: contractPath,
    provider: 'basket',
    users: ['till', 'mail'],
    command: '',
    ...given,
  };
}

/** `basket` provides what `till` and `mail` use; the work order is one of them. */
export async function asPlanned(
  database: Database,
  work: Pick<Work, 'order'>,
  {
    key,
    contracts = [contractOf()],
    approvedBy = 'human:ada',
    plan,
  }: {
    key: string;
    contracts?: Plan['contracts'];
    approvedBy?: string;
    plan?: Plan;
  },
): Promise<string> {
  const specId = randomUUID();
  const { query } = database;
  await addSpec(query, {
    id: specId,
    projectId: null,
    name: 's',
    content: 'c',
    estimate: {},
    createdBy: 'human:ada',
  });
  const whole = plan ?? planOf([planned('basket'), planned('till'), planned('mail')], contracts);
  await addPlan(query, {
    id: randomUUID(),
    specId,
    plan: whole,
    problems: [],
    planningId: null,
    madeBy: 'human:ada',
    because: 'planned',
  });
  const at = new Date();
  await query
    .updateTable('specs')
    .set({
      runState: 'running',
      approvedVersion: 1,
      approvedBy,
      approvedAt: at,
      runChangedBy: approvedBy,
      runChangedAt: at,
    })
    .where('id', '=', specId)
    .execute();
  await query
    .updateTable('workOrders')
    .set({ specId, planKey: key })
    .where('id', '=', work.order.id)
    .execute();
  work.order = await theWorkOrder(database, work.order.id);
  return specId;
}
