// Converts a table of settings into its default values, and into the list of what people can change.
import type { SettingGroup } from '../../../domain/limits/setting.ts';
import type { DatabaseSetting, Setting, SettingDefinition, SettingPart, ValuesOf } from './definition.ts';

export function defaultsOf<Table extends object>(table: Table): ValuesOf<Table> {
  const defaults = Object.entries(table).map(([name, node]) => [
    name,
    isSetting(node) ? node.default : defaultsOf(node),
  ]);
  return Object.fromEntries(defaults) as ValuesOf<Table>;
}

/** The definitions, in the order of the table. */
export function definitionsOf<Settings extends object>(
  group: SettingGroup,
  table: object,
): Array<SettingDefinition<Settings>> {
  return partsOf(table, []).map(({ path, part: { read, write, ...described } }) => ({
    ...described,
    group,
    held: {
      by: 'engine',
      read: (settings) => read(valueAt(settings, path)),
      write: (settings, given) => {
        const [first = ''] = path;
        const changed = replaceAt(settings, path, write(valueAt(settings, path), given));
        return { [first]: valueAt(changed, [first]) } as Partial<Settings>;
      },
    },
  }));
}

export function databaseDefinition<Settings>(
  group: SettingGroup,
  { default: byDefault, ...described }: DatabaseSetting,
): SettingDefinition<Settings> {
  return { ...described, group, held: { by: 'database', default: byDefault } };
}

type Path = readonly string[];

function partsOf(node: object, path: Path): Array<{ path: Path; part: SettingPart<unknown> }> {
  if (isSetting(node)) return node.parts.map((part) => ({ path, part }));
  return Object.entries(node).flatMap(([name, inner]) => partsOf(inner, [...path, name]));
}

function isSetting(node: object): node is Setting<unknown> {
  return 'parts' in node && 'default' in node;
}

const valueAt = (settings: object, path: Path): unknown =>
  path.reduce((value: unknown, name) => (value as Record<string, unknown>)[name], settings);

function replaceAt(value: unknown, [name, ...rest]: Path, next: unknown): object {
  if (name === undefined) return next as object;
  const outer = value as Record<string, unknown>;
  return { ...outer, [name]: replaceAt(outer[name], rest, next) };
}
