// The options of `moose project set`, and the change that is given with them. Both follow from the table of settings.
import { Option } from 'commander';
import type { Project, ProjectChange, ProjectValuesView } from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { ProjectSetting, ProjectSettingKind } from '../../domain/project-settings/kinds.ts';
import { projectSettingRows } from '../../domain/project-settings/project-settings.ts';
import { daemonsInvalid } from '../../engine/settings/projects/assert-change.ts';
import { readYaml } from '../../stdx/text/bounded-yaml.ts';
import { directorChange } from './director-limits.ts';
import { parseDuration } from './durations.ts';
import { noneOr } from './none-or.ts';
import { parseLimit } from './parse-limit.ts';
import { inputBytesMax } from './read-input.ts';
import { readText } from './read-text.ts';
import { checkOf } from './submission-flags.ts';

const repeatable: readonly ProjectSettingKind[] = ['list', 'hosts', 'commands', 'checks', 'director'];

export function projectOptions(): Option[] {
  return projectSettingRows.flatMap(([, row]) => optionsOf(row));
}

function optionsOf({ kind, flag, help, offHelp, unsetBy, words = {} }: ProjectSetting): Option[] {
  const option = new Option(flag, help);
  if (repeatable.includes(kind)) option.argParser((one: string, all: string[] = []) => [...all, one]);
  if (kind === 'choice') option.choices([...Object.keys(words), ...(unsetBy === undefined ? [] : [unsetBy])]);
  return offHelp === undefined ? [option] : [option, new Option(`--no-${option.name()}`, offHelp)];
}

/** What commander has read, by the names of its attributes. */
export type GivenOptions = Readonly<Record<string, string | boolean | string[]>>;

/**
 * Hosts are those that are named, also "none": see `withHosts`.
 * @throws PermanentError OPTION_CONTRADICTORY, and the errors of each value
 */
export async function changeGiven(options: GivenOptions, signal: AbortSignal): Promise<ProjectChange> {
  const change: Record<string, unknown> = {};
  for (const [key, row] of projectSettingRows) {
    const given = options[new Option(row.flag).attributeName()];
    if (given !== undefined) change[key] = await readValue(row, given, signal);
  }
  return change as ProjectChange;
}

function readValue(row: ProjectSetting, given: string | boolean | string[], signal: AbortSignal): unknown {
  const { kind, unsetBy, emptyBy, bare } = row;
  if (kind !== 'switch' && (given === false || given === unsetBy)) return null;
  const text = given === true ? String(bare) : String(given);
  const all = Array.isArray(given) ? given : [text];
  switch (kind) {
    case 'switch':
      return given;
    case 'choice':
    case 'text':
      return text;
    case 'usd':
      return usdNumber(parseLimit(text));
    case 'duration':
      return parseDuration(text);
    case 'hosts':
      return all;
    case 'list':
    case 'commands':
      return listOf(all, row);
    case 'checks':
      return listOf(all, row)?.map(checkOf) ?? null;
    case 'services':
      return text === emptyBy ? {} : daemonsIn(text, signal);
    case 'director':
      return directorChange(all);
  }
}

function listOf(
  given: readonly string[],
  { flag, unsetBy, emptyBy }: ProjectSetting,
): readonly string[] | null {
  const name = String(new Option(flag).long);
  const named = unsetBy === undefined ? given : noneOr(name, given, unsetBy);
  return named === null || emptyBy === undefined ? named : (noneOr(name, named, emptyBy) ?? []);
}

/** @throws PermanentError PROJECT_SERVICES_INVALID, TEXT_UNREADABLE */
async function daemonsIn(given: string, signal: AbortSignal): Promise<unknown> {
  const read = readYaml(await readText(given, signal), { charsMax: inputBytesMax, aliasesMax: 0 });
  if ('problem' in read)
    throw daemonsInvalid(`services: ${read.problem} (line ${read.place.line}, column ${read.place.column})`);
  return isWholeFile(read.value) ? read.value.services : read.value;
}

/** Both the map of the services and a file with the key `services`. */
function isWholeFile(value: unknown): value is { services: unknown } {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'services';
}

/** Adds hosts to those that are there; `asked`: what the file asks for now, null if the person does not confirm it. */
export function withHosts(
  change: ProjectChange,
  now: Pick<Project, 'agent_hosts' | 'private_hosts'>,
  asked: ProjectValuesView['unconfirmed_hosts'],
): ProjectChange {
  const agent_hosts = together(now.agent_hosts, change.agent_hosts, asked?.agents);
  const private_hosts = together(now.private_hosts, change.private_hosts, asked?.private);
  return {
    ...change,
    ...(agent_hosts === null ? {} : { agent_hosts }),
    ...(private_hosts === null ? {} : { private_hosts }),
  };
}

const noHost = 'none';

/** Null if nothing changes. */
function together(
  now: readonly string[] | null,
  given: readonly string[] | null | undefined,
  confirmed: readonly string[] = [],
): string[] | null {
  if (!given && confirmed.length === 0) return null;
  const kept = given?.includes(noHost) ? [] : (now ?? []);
  const added = (given ?? []).filter((host) => host !== noHost);
  return [...new Set([...kept, ...added, ...confirmed])];
}
