// Parts of what `moose project set` changes.
import { Option } from 'commander';
import { type LearningMode, learningModes } from '../../domain/learning/learning-mode.ts';
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

/** In what its sessions run, whose access to a model they use, and what chooses the model. */
export function sessionsChange({
  image,
  login,
  learning,
}: {
  image?: string;
  login?: string;
  learning?: LearningMode;
}): ProjectChange {
  return {
    ...(image === undefined ? {} : { image: image === 'repository' ? null : image }),
    ...(login === undefined ? {} : { login: login === 'default' ? null : (login as LoginWish) }),
    ...(learning === undefined ? {} : { learning }),
  };
}

export const learningOption = () =>
  new Option(
    '--learning <mode>',
    'whether what was learned chooses models and agents: off, shadow (only log what it would choose), or on (once it has seen enough: `moose project show`)',
  ).choices(learningModes);

export const learningText = ({ learning }: { learning: LearningMode }) =>
  learning === 'on' ? 'on, once it has seen enough: `moose project show` tells' : learning;
