// How the change of a planned work order builds on its dependencies (R-SPEC-5). Pure.
import { ancestorsOf, type Node } from './plan-graph.ts';

/**
 * `branch`: it starts from the dependency's verified branch. `within`: another dependency contains this one. `merge`:
 * it starts once the dependency is merged, because a branch starts from one commit and a pull request has one base.
 */
export const stackedHows = ['branch', 'within', 'merge'] as const;
export type StackedHow = (typeof stackedHows)[number];

/** By the key of the work order, then by the key of its dependency. */
export function stackPlan(nodes: readonly Node[]): Map<string, Map<string, StackedHow>> {
  const ancestors = ancestorsOf(nodes);
  return new Map(
    nodes.map(({ key, depends_on: lowers }) => {
      const isWithin = (one: string) => lowers.some((other) => ancestors.get(other)?.has(one));
      const top = lowers.filter((one) => !isWithin(one));
      const how = top.length > 1 ? 'merge' : 'branch';
      return [key, new Map(lowers.map((one) => [one, isWithin(one) ? 'within' : how]))];
    }),
  );
}
