/** Whether an actor is a person, not a program. */
export const isHuman = (actor: string): boolean => actor.startsWith('human:');

/** `ada` from `human:ada`; a program keeps its kind: `api:ci`. */
export function personOf(actor: string): string {
  return isHuman(actor) ? actor.slice('human:'.length) : actor;
}
