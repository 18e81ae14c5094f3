// What interfaces can read about settings, and how a person changes one.
import { isDeepStrictEqual } from 'node:util';
import type * as wire from '../../contract/contract.ts';
import type { Clock } from '../../stdx/clock.ts';
import { type AuditRow, auditEntries } from '../../store/access/audit-entries.ts';
import {
  type SettingRow,
  type SettingVersion,
  settingHistory,
  settingRow,
  settingRows,
} from '../../store/work/system-config.ts';
import { definitionOf, type EngineSettingDefinition, settingDefinitions } from '../policy/engine-settings.ts';
import { invalidCursor, pageFrom } from '../policy/paging/page-cursor.ts';
import { nobody } from '../policy/settings/models.ts';
import { askAgents } from './ask-agents.ts';
import { askModels } from './ask-models.ts';
import { type ChangeDeps, changeSetting, type SettingChange, settingNotFound } from './change-setting.ts';
import { settingsAtRest } from './live-settings.ts';

export interface PageAsked {
  /** The `next_cursor` of the previous page. */
  cursor?: string | undefined;
  limit: number;
}

export type SettingDeps = Omit<ChangeDeps, 'settings'> &
  Partial<Pick<ChangeDeps, 'settings'>> & { actor: string; clock: Clock };

/** No row number or version is longer than this. */
const cursorPattern = /^\d{1,15}$/;

export function askSettings(given: SettingDeps) {
  const deps = { ...given, settings: given.settings ?? settingsAtRest(given.database) };
  const { database, actor } = deps;
  const models = askModels(deps);
  const view = async (
    definition: EngineSettingDefinition,
    row: SettingRow,
    modelNames = models.names,
  ): Promise<wire.Setting> => viewOf(deps, definition, row, await choicesOf(deps, definition, modelNames));
  const one = async (key: string): Promise<wire.Setting> => {
    const definition = definitionOf(key);
    if (!definition) throw settingNotFound(key);
    await deps.settings.read();
    return view(definition, await database.run((query) => settingRow(query, key)));
  };
  return {
    list: async (): Promise<wire.Setting[]> => {
      await deps.settings.read();
      const rows = await database.run(settingRows);
      const byKey = new Map(rows.map((row) => [row.key, row]));
      const names = models.names();
      return Promise.all(
        settingDefinitions.map((definition) =>
          view(definition, byKey.get(definition.key) ?? none(definition.key), () => names),
        ),
      );
    },
    one,
    /** @throws PermanentError `SETTING_NOT_FOUND`, `SETTING_VALUE_INVALID`, `SETTING_CHANGED`, `LIMIT_NOT_YOURS` */
    change: async (key: string, change: SettingChange): Promise<wire.Setting> => {
      if (!definitionOf(key)) throw settingNotFound(key);
      await changeSetting(deps, key, change, actor);
      return one(key);
    },
    /** Resets a setting to the default; deletes the row of an unknown setting. @throws PermanentError */
    unset: (key: string): Promise<void> => changeSetting(deps, key, { value: null }, actor),
    /** Newest first. */
    history: async (key: string, { cursor, limit }: PageAsked): Promise<wire.Page<wire.SettingVersion>> => {
      const before = numberOf(cursor);
      const rows = await database.run((query) =>
        settingHistory(query, key, {
          before: before === undefined ? before : Number(before),
          limit: limit + 1,
        }),
      );
      if (rows.length === 0 && !definitionOf(key)) throw settingNotFound(key);
      return pageFrom(rows, limit, { item: versionView, cursor: ({ version }) => String(version) });
    },
    models: models.list,
    agents: askAgents(deps),
    /** The changes that were requested through the interface, newest first. */
    audit: async ({ cursor, limit }: PageAsked): Promise<wire.Page<wire.AuditEntry>> => {
      const before = numberOf(cursor);
      const rows = await database.run((query) => auditEntries(query, { before, limit: limit + 1 }));
      return pageFrom(rows, limit, { item: auditView, cursor: ({ id }) => id.toString() });
    },
  };
}

/** @throws PermanentError `CURSOR_INVALID` */
function numberOf(cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined;
  if (!cursorPattern.test(cursor)) throw invalidCursor();
  return BigInt(cursor);
}

function versionView({ version, value, changedBy, changedAt }: SettingVersion): wire.SettingVersion {
  return { version, value, changed_by: changedBy, changed_at: changedAt.toISOString() };
}

function none(key: string): SettingRow {
  return { key, value: null, hasRow: false, version: 0, changedBy: null, changedAt: null };
}

function viewOf(
  { settings }: { settings: ChangeDeps['settings'] },
  definition: EngineSettingDefinition,
  row: SettingRow,
  choices: string[] | null,
): wire.Setting {
  const { key, group, title, help, kind, min = null, max = null, environment = null, held } = definition;
  const byDefault = held.by === 'engine' ? held.read(settings.base) : held.default;
  const value = held.by === 'engine' ? held.read(settings.current) : (row.value ?? byDefault);
  return {
    key,
    group,
    title,
    help,
    kind,
    min,
    max,
    choices,
    value,
    default: byDefault,
    source: sourceOf(definition, row, byDefault, settings.given),
    environment,
    version: row.version,
    changed_by: row.changedBy,
    changed_at: row.changedAt?.toISOString() ?? null,
  };
}

function sourceOf(
  { held, schema, environment }: EngineSettingDefinition,
  row: SettingRow,
  byDefault: unknown,
  given: ReadonlySet<string>,
): wire.Setting['source'] {
  // An ignored row changes nothing. The database's own settings always have a row.
  const isChanged =
    held.by === 'engine'
      ? row.hasRow && schema.safeParse(row.value).success
      : row.hasRow && !isDeepStrictEqual(row.value, byDefault);
  if (isChanged) return 'changed';
  return environment !== undefined && given.has(environment) ? 'environment' : 'default';
}

async function choicesOf(
  { known }: Pick<ChangeDeps, 'known'>,
  { choices, namesOf, kind }: EngineSettingDefinition,
  modelNames: () => Promise<string[]>,
): Promise<string[] | null> {
  if (choices) return [...choices];
  if (namesOf === 'agent') return [...known.agentNames];
  if (namesOf !== 'model') return null;
  return [...(kind === 'choice' ? [nobody] : []), ...(await modelNames())];
}

function auditView({ id, at, ...row }: AuditRow): wire.AuditEntry {
  const { actor, act, subject, detail } = row;
  return { id: id.toString(), at: at.toISOString(), actor, act, subject, detail };
}
