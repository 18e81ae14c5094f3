// Of circuits that can replace each other, some stay in use, however much they fail.
import type { CircuitPhase } from './circuit.ts';

/**
 * Whether one more of these circuits may open, if at most `ejectedShareMax` in [0, 1] of them may be open at once. A
 * single circuit may: nothing can replace it.
 */
export function hasRoomToOpen(phases: readonly CircuitPhase[], ejectedShareMax: number): boolean {
  const ejected = phases.filter((phase) => phase !== 'closed').length;
  const allowed = Math.min(Math.floor(phases.length * ejectedShareMax), phases.length - 1);
  return ejected < Math.max(1, allowed);
}
