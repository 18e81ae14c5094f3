// Among circuits that can replace each other, some always stay in use, however often they fail.
import type { CircuitPhase } from './circuit.ts';

/**
 * Whether another of these circuits may open, if at most the share `ejectedShareMax`, from 0 to 1, may be open at the
 * same time. A single circuit may always open: nothing can replace it.
 */
export function hasRoomToOpen(phases: readonly CircuitPhase[], ejectedShareMax: number): boolean {
  const ejected = phases.filter((phase) => phase !== 'closed').length;
  const allowed = Math.min(Math.floor(phases.length * ejectedShareMax), phases.length - 1);
  return ejected < Math.max(1, allowed);
}
