import { legible } from './plain-text.ts';

/** The name of a person, 'moose' for a Moose process, or the name of another program; all legible. */
export function nameOfActor(actor: string): string {
  if (actor.startsWith('human:')) return legible(actor.slice('human:'.length));
  return /^moose:[0-9a-f-]{36}$/.test(actor) ? 'moose' : legible(actor);
}
