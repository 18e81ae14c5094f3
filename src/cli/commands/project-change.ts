// Parts of what `moose project set` changes.
import { Option } from 'commander';
import { type LearningMode, learningModes } from '../../domain/learning/learning-mode.ts';
import type { LoginWish } from '../../domain/login.ts';
import { mergePolicies } from '../../domain/merge-policy.ts';
import type { ProjectChange } from '../../engine/projects/ask-projects.ts';
import { noneOr, nothing } from '../none-or.ts';

export const filterOption = [
  '--filter <name>',
  'git filter of the repository\'s own configuration that Moose runs outside of sessions, such as git-crypt; repeatable; "none": no filter',
  (one: string, all: string[] = []) => [...all, one],
] as const;

export function intakeChange({
  intake,
  forgeProgram,
  filter,
}: {
  intake?: string | boolean;
  forgeProgram?: string[];
  filter?: string[];
}): ProjectChange {
  const label = intake === true ? 'moose' : intake || null;
  return {
    ...(intake === undefined ? {} : { intakeLabel: label }),
    ...(filter === undefined ? {} : { filters: noneOr('--filter', filter) }),
    ...(forgeProgram === undefined ? {} : { forgePrograms: noneOr('--forge-program', forgeProgram) }),
  };
}

export function filesOf(given: readonly string[]): readonly string[] | null {
  const named = noneOr('--file', given, 'repository');
  return named === null ? null : (noneOr('--file', named) ?? []);
}

/** The image that sessions run in, what they may do there, the login that they use, and what chooses their model. */
export function sessionsChange({
  image,
  login,
  learning,
  userNamespaces,
}: {
  image?: string;
  userNamespaces?: boolean;
  login?: string;
  learning?: LearningMode;
}): ProjectChange {
  return {
    ...(image === undefined ? {} : { image: image === 'repository' ? null : image }),
    ...(login === undefined ? {} : { login: login === 'default' ? null : (login as LoginWish) }),
    ...(learning === undefined ? {} : { learning }),
    ...(userNamespaces === undefined ? {} : { userNamespaces }),
  };
}

export const namespaceOptions = {
  allow: new Option(
    '--user-namespaces',
    'let programs in its sessions make user namespaces, as the sandbox of a browser does',
  ),
  forbid: new Option('--no-user-namespaces', 'do not let them'),
};

export const mergeOption = () =>
  new Option(
    '--merge <when>',
    'when Moose merges its pull requests: green (CI is green), approved (a reviewer has approved it too) or never; "none": use .moose/config.yml or the setting',
  ).choices([...mergePolicies, nothing]);

export const learningOption = () =>
  new Option(
    '--learning <mode>',
    'whether what was learned chooses models and agents: off, shadow (only log what it would choose), or on (once it has enough data: see `moose project show`)',
  ).choices(learningModes);

export const learningText = ({ learning }: { learning: LearningMode }) =>
  learning === 'on' ? 'on, once it has enough data: see `moose project show`' : learning;
