// What another process lacks for a work order, by its own report. Pure.
import type { Abilities, Lack } from '../../domain/abilities.ts';
import type { ProjectSettings } from '../../domain/work-order.ts';

export interface Wanted {
  agent: string;
  model?: string | undefined;
  /** The project's own setting about logins; only an agent that can use a login has one. */
  login?: ProjectSettings['login'];
}

/** Null if it can do the work; undefined if it does not report what it can do. */
export function lackElsewhere(
  abilities: Abilities | null,
  { agent, model, login }: Wanted,
): Lack | null | undefined {
  if (abilities === null) return undefined;
  if (login === 'use' || (login !== 'never' && abilities.logins.includes(agent))) return null;
  if (model === undefined) return abilities.lacks[agent] ?? null;
  const provider = model.slice(0, Math.max(0, model.indexOf('/')));
  if (abilities.providers.includes(provider)) return null;
  return {
    code: 'MODEL_KEY_MISSING',
    message: `There is no API key for ${model}.`,
    advice: `Set the key of ${provider} where Moose runs, and start it again; or name another model.`,
  };
}
