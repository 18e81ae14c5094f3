// Who is expected to answer a question: who asked for the work, then the owner of its project, then whoever is on call
// (R-ESC-7). Pure.
import { isHuman, personOf } from './person.ts';

export const ownerReasons = ['requester', 'project', 'on_call', 'handed_on'] as const;
export type OwnerReason = (typeof ownerReasons)[number];

export interface OwnerFacts {
  /** The actor who asked for the work order; null for a question about several or none. */
  requester: string | null;
  projectOwner: string | null;
  /** One name for each week, in turn. */
  rotation: readonly string[];
}

export interface Candidate {
  name: string;
  because: OwnerReason;
}

const weekMs = 7 * 24 * 3_600_000;
/** Monday, 5 January 1970, 0:00 UTC. */
const firstMondayMs = 4 * 24 * 3_600_000;

/** The rotation, beginning with the person of this week. A week begins on Monday at 0:00 UTC. */
export function onCallFrom(rotation: readonly string[], now: Date): string[] {
  if (rotation.length === 0) return [];
  const week = Math.floor((now.getTime() - firstMondayMs) / weekMs);
  const at = ((week % rotation.length) + rotation.length) % rotation.length;
  return [...rotation.slice(at), ...rotation.slice(0, at)];
}

/** The next owner that has not had the question yet; null if all have had it. A program never owns one. */
export function nextOwner(
  { requester: asker, projectOwner, rotation }: OwnerFacts,
  had: readonly string[],
  now: Date,
): Candidate | null {
  const requester = asker !== null && isHuman(asker) ? personOf(asker) : null;
  const chain: Candidate[] = [
    ...(requester ? [{ name: requester, because: 'requester' as const }] : []),
    ...(projectOwner ? [{ name: projectOwner, because: 'project' as const }] : []),
    ...onCallFrom(rotation, now).map((name) => ({ name, because: 'on_call' as const })),
  ];
  return chain.find(({ name }) => !had.includes(name)) ?? null;
}
