/** `ada` of `human:ada`; a program keeps its kind: `api:ci`. */
export function personOf(actor: string): string {
  return actor.startsWith('human:') ? actor.slice('human:'.length) : actor;
}
