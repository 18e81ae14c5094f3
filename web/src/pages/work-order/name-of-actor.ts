/** People by their names, a process of Moose as Moose; other programs as they are called. */
export function nameOfActor(actor: string): string {
  if (actor.startsWith('human:')) return actor.slice('human:'.length);
  return /^moose:[0-9a-f-]{36}$/.test(actor) ? 'moose' : actor;
}
