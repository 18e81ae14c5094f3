// Parts of what `moose project set` changes.
import type { LoginWish } from '../../domain/login.ts';
import type { ProjectChange } from '../../engine/projects/ask-projects.ts';

/** The word that a person types to remove a setting. */
export const nothing = 'none';

export function intakeChange({
  intake,
  forgeProgram,
}: {
  intake?: string | boolean;
  forgeProgram?: string[];
}): ProjectChange {
  const label = intake === true ? 'moose' : intake || null;
  return {
    ...(intake === undefined ? {} : { intakeLabel: label }),
    ...(forgeProgram === undefined
      ? {}
      : { forgePrograms: forgeProgram.includes(nothing) ? null : forgeProgram }),
  };
}

/** In what its sessions run, and whose access to a model they use. */
export function sessionsChange({ image, login }: { image?: string; login?: string }): ProjectChange {
  return {
    ...(image === undefined ? {} : { image: image === 'repository' ? null : image }),
    ...(login === undefined ? {} : { login: login === 'default' ? null : (login as LoginWish) }),
  };
}
