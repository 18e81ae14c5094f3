// How the change of a planned work order follows those that it depends on (R-SPEC-5). Pure.
import { ancestorsOf, type Node } from './plan-graph.ts';

/**
 * `branch`: it starts from that one's branch, as soon as that is verified. `within`: another of its dependencies contains
 * that one. `merge`: it starts when that one is merged, since a branch starts from one commit, and a pull request has one base.
 */
export const stackedHows = ['branch', 'within', 'merge'] as const;
export type StackedHow = (typeof stackedHows)[number];

/** By the key of the work order, then of what it depends on. */
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
