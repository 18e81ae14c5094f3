// The text for the agent of a planned work order, which sees nothing else of the plan. Pure.
import type { Plan } from '../../domain/plan/plan.ts';

type PlannedWorkOrder = Plan['work_orders'][number];

export function plannedDescription({ contracts }: Plan, order: PlannedWorkOrder): string {
  const files = order.files.map(({ act, path, kind }) => `- ${act} ${path} (${kind})`);
  const agreed = contracts.flatMap(({ name, kind, path, provider, users }) => {
    if (provider === order.key) return [`- provides ${name} (${kind}), declared in ${path}`];
    return users.includes(order.key) ? [`- relies on ${name} (${kind}), declared in ${path}`] : [];
  });
  return [
    order.description.trim(),
    ...(files.length > 0 ? [`Files:\n${files.join('\n')}`] : []),
    ...(agreed.length > 0 ? [`Contracts with other work orders:\n${agreed.join('\n')}`] : []),
  ].join('\n\n');
}

/** One criterion per line, with how it is verified. */
export function plannedAcceptance({ acceptance }: PlannedWorkOrder): string {
  return acceptance
    .map(({ text, proof, target }) => (target === '' ? text : `${text} (${proof}: ${target})`))
    .join('\n');
}
