// The settings that a person gives a project: one table. From a row follow the option of `moose project set`, its line in
// `moose project show`, the form on the page, the members of the wire format, what only a person may allow, and the
// reference. The name of a row is the word everywhere, also in the database. Pure.
import { checking } from './checking.ts';
import type { ProjectSetting, SystemValues } from './kinds.ts';
import { repository } from './repository.ts';
import { sessions } from './sessions.ts';
import { work } from './work.ts';

export const projectSettings = { ...work, ...checking, ...sessions, ...repository };

type Table = typeof projectSettings;
export type ProjectSettingKey = keyof Table;

type Each<Part extends 'given' | 'shown' | 'stored'> = {
  [Key in ProjectSettingKey]: Table[Key] extends ProjectSetting<infer Given, infer Shown, infer Stored>
    ? { given: Given; shown: Shown; stored: Stored }[Part]
    : never;
};
export type GivenSettings = Each<'given'>;
export type ShownSettings = Each<'shown'>;

/** What is stored with the project. */
export interface ProjectSettings extends Partial<Each<'stored'>> {
  /** The path of the bare repository that Moose keeps for a project without a remote. */
  remote_path?: string;
}

/** Null removes a setting. */
export type ProjectChange = { [Key in ProjectSettingKey]?: GivenSettings[Key] | null | undefined };

/** Every row with its name, in the order in which people see them. */
export const projectSettingRows: ReadonlyArray<readonly [ProjectSettingKey, ProjectSetting]> = Object.entries(
  projectSettings,
) as Array<[ProjectSettingKey, ProjectSetting]>;

export function shownSettings(stored: ProjectSettings, system: SystemValues): ShownSettings {
  const shown = projectSettingRows.map(([key, row]) => [key, row.show(stored[key], system)]);
  return Object.fromEntries(shown) as ShownSettings;
}

/** Only what changes; null removes a setting. */
export function storedSettings(
  change: ProjectChange,
  now: ProjectSettings,
): { [Key in ProjectSettingKey]?: ProjectSettings[Key] | null } {
  return Object.fromEntries(
    projectSettingRows.flatMap(([key, { store }]) => {
      const given = change[key];
      if (given === undefined) return [];
      return [[key, given === null ? null : store(given, now[key])]];
    }),
  );
}

/** Describes the part of a change that only a person may make; null if there is none. */
export function needsPerson(now: ShownSettings & { name: string }, change: ProjectChange): string | null {
  const words = projectSettingRows.flatMap(([key, { person }]) => {
    const next = change[key];
    return next === undefined ? [] : (person?.widens(next, now[key], now.name) ?? []);
  });
  const text = words.join(' and ');
  return text === '' ? null : `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
