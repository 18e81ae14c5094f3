// The circuits of things that stand in for each other: some of them always stay in use, however much they fail.
import type { CircuitPhase } from './circuit.ts';
import { CircuitHolder, type CircuitHolderOptions } from './circuit-holder.ts';

export interface CircuitGroupOptions extends Omit<CircuitHolderOptions, 'key' | 'mayOpen'> {
  /** Such as all providers that a work order may use. */
  keys: readonly string[];
  /** The share of them that may be shut out at once, in [0, 1]. */
  ejectedShareMax?: number;
}

/** Half of them: with two providers one always stays. */
const defaultEjectedShareMax = 0.5;

/** One circuit for each key. */
export function circuitGroup(options: CircuitGroupOptions): ReadonlyMap<string, CircuitHolder> {
  const { keys, ejectedShareMax = defaultEjectedShareMax, ...shared } = options;
  const group = new Map<string, CircuitHolder>();
  const mayOpen = () =>
    admission(
      Array.from(group.values(), ({ state }) => state.phase),
      ejectedShareMax,
    );
  for (const key of new Set(keys)) group.set(key, new CircuitHolder({ ...shared, key, mayOpen }));
  return group;
}

/** Whether one more of these circuits may be shut out. Of a single one there is nothing to stand in: it may. */
export function admission(phases: readonly CircuitPhase[], ejectedShareMax: number): boolean {
  const ejected = phases.filter((phase) => phase !== 'closed').length;
  const allowed = Math.min(Math.floor(phases.length * ejectedShareMax), phases.length - 1);
  return ejected < Math.max(1, allowed);
}
