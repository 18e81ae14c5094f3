/** Whether an actor is a person, and no program. */
export const isHuman = (actor: string): boolean => actor.startsWith('human:');

/** `ada` of `human:ada`; a program keeps its kind: `api:ci`. */
export function personOf(actor: string): string {
  return isHuman(actor) ? actor.slice('human:'.length) : actor;
}
