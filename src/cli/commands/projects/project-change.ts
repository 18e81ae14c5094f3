// Parts of what `moose project set` changes.
import { Option } from 'commander';
import type { LoginChoice } from '../../../domain/agents/login.ts';
import { mergePolicies } from '../../../domain/forge/merge-policy.ts';
import { type LearningMode, learningModes } from '../../../domain/learning/learning-mode.ts';
import { type SubtaskMode, subtaskModes } from '../../../domain/work-order/subtask.ts';
import { togetherModes } from '../../../domain/work-order/together.ts';
import { type VerifyLevel, verifyLevels } from '../../../domain/work-order/verify-level.ts';
import type { ProjectChange } from '../../../engine/settings/projects/ask-projects.ts';
import { daemonsInvalid } from '../../../engine/settings/projects/project-commands.ts';
import { readYaml } from '../../../stdx/text/bounded-yaml.ts';
import { noneOr, nothing } from '../../input/none-or.ts';
import { inputBytesMax } from '../../input/read-input.ts';
import { readText } from '../../input/read-text.ts';

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

/** The image of sessions, what they may do, their login, what chooses their model, and how their changes are judged. */
export function sessionsChange({
  image,
  login,
  learning,
  userNamespaces,
  submodules,
  verify,
  subtasks,
}: {
  image?: string;
  userNamespaces?: boolean;
  submodules?: boolean;
  login?: string;
  learning?: LearningMode;
  verify?: string;
  subtasks?: string;
}): ProjectChange {
  return {
    ...(image === undefined ? {} : { image: image === 'repository' ? null : image }),
    ...(login === undefined ? {} : { login: login === 'default' ? null : (login as LoginChoice) }),
    ...(learning === undefined ? {} : { learning }),
    ...(verify === undefined ? {} : { verify: verify === 'repository' ? null : (verify as VerifyLevel) }),
    ...(userNamespaces === undefined ? {} : { userNamespaces }),
    ...(submodules === undefined ? {} : { submodules }),
    ...(subtasks === undefined ? {} : { subtasks: subtasks as SubtaskMode }),
  };
}

/** What reviews a change, installs its dependencies and runs beside it, where the file of the repository is not to decide. */
export const commandOptions = {
  reviewer: new Option(
    '--reviewer <provider/model>',
    'model that reviews each change; "none": no reviewer; "default": the reviewer in .moose/config.yml or the settings',
  ),
  setup: new Option(
    '--setup <command>',
    'command that installs what the project needs, instead of the setup commands of the repository; repeatable; "none": no command; "repository": the commands of the repository',
  ).argParser((one: string, all: string[] = []) => [...all, one]),
  services: new Option(
    '--services <yaml>',
    'programs that run beside agents and checks, in the format of services: in .moose/config.yml; @FILE reads them from a file; "none": no service; "repository": the services of the repository',
  ),
};

/** @throws PermanentError PROJECT_SERVICES_INVALID, TEXT_UNREADABLE, OPTION_CONTRADICTORY */
export async function commandChange(
  { reviewer, setup, services }: { reviewer?: string; setup?: string[]; services?: string },
  signal: AbortSignal,
): Promise<ProjectChange> {
  return {
    ...(reviewer === undefined ? {} : { reviewer: reviewer === 'default' ? null : reviewer }),
    ...(setup === undefined ? {} : { setup: setupOf(setup) }),
    ...(services === undefined ? {} : { services: await daemonsIn(services, signal) }),
  };
}

function setupOf(given: readonly string[]): readonly string[] | null {
  const named = noneOr('--setup', given, 'repository');
  return named === null ? null : (noneOr('--setup', named) ?? []);
}

async function daemonsIn(given: string, signal: AbortSignal): Promise<unknown> {
  if (given === nothing) return {};
  if (given === 'repository') return null;
  const read = readYaml(await readText(given, signal), { charsMax: inputBytesMax, aliasesMax: 0 });
  if ('problem' in read)
    throw daemonsInvalid(`services: ${read.problem} (line ${read.place.line}, column ${read.place.column})`);
  return isWholeFile(read.value) ? read.value.services : read.value;
}

/** Both the map of the services and a file with the key `services`. */
function isWholeFile(value: unknown): value is { services: unknown } {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'services';
}

export const namespaceOptions = {
  allow: new Option(
    '--user-namespaces',
    'let programs in sessions of the project create user namespaces, as the sandbox of a browser does',
  ),
  forbid: new Option(
    '--no-user-namespaces',
    'do not let programs in sessions of the project create user namespaces',
  ),
};

export const submoduleOptions = {
  fill: new Option(
    '--submodules',
    'fill the submodules that the base commit names, with the logins of the user of Moose',
  ),
  leave: new Option('--no-submodules', 'leave submodules to the setup of the project'),
};

export const mergeOption = () =>
  new Option(
    '--merge <when>',
    'when Moose merges pull requests of the project: green (CI is green), approved (CI is green and a reviewer has approved) or never; "none": use .moose/config.yml or the setting',
  ).choices([...mergePolicies, nothing]);

export const verifyOption = () =>
  new Option(
    '--verify <level>',
    'how a change with green checks is judged: standard, strict (refuse all that weakens the checks) or checks-only (only exit codes decide); "repository": as .moose/config.yml says, otherwise standard',
  ).choices([...verifyLevels, 'repository']);
export const togetherOption = () =>
  new Option(
    '--together <mode>',
    'with which open changes a change is checked before it is published or merged: likely (those that something connects with it), all or off; "none": use .moose/config.yml or the setting',
  ).choices([...togetherModes, nothing]);

export const subtasksOption = () =>
  new Option(
    '--subtasks <mode>',
    'whether agents of the project may ask for work orders of their own, paid from their limit: off, ask (a person approves each one before it starts) or allow',
  ).choices(subtaskModes);

export const subtasksText = ({ subtasks }: { subtasks: SubtaskMode }) =>
  ({
    off: 'agents may not ask for any',
    ask: 'agents may ask for them; a person approves each one',
    allow: 'agents may ask for them, without the approval of a person',
  })[subtasks];

export const learningOption = () =>
  new Option(
    '--learning <mode>',
    'whether the learned policy chooses models and agents: off, shadow (only log what it would choose), or on (as soon as it has enough data: see `moose project show`)',
  ).choices(learningModes);

export const learningText = ({ learning }: { learning: LearningMode }) =>
  learning === 'on' ? 'on, once it has enough data: see `moose project show`' : learning;
