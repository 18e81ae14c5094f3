// What a face can ask of the settings, and how a person changes one.
import type { Clock } from '../../stdx/clock.ts';
import { type AuditRow, auditEntries } from '../../store/audit-entries.ts';
import { type SettingRow, settingHistory, settingRow, settingRows } from '../../store/system-config.ts';
import { askAgents } from './ask-agents.ts';
import { askModels } from './ask-models.ts';
import { type ChangeDeps, changeSetting, type SettingChange, settingNotFound } from './change-setting.ts';
import type { SettingDefinition, SettingGroup, SettingKind } from './definition.ts';
import { settingsAtRest } from './live-settings.ts';
import { nobody } from './model-settings.ts';
import { definitionOf, settingDefinitions } from './registry.ts';

/** As the interface tells it. */
export interface SettingView {
  key: string;
  group: SettingGroup;
  title: string;
  help: string;
  kind: SettingKind;
  min: number | null;
  max: number | null;
  choices: string[] | null;
  value: unknown;
  usual: unknown;
  source: 'usual' | 'environment' | 'changed';
  environment: string | null;
  version: number;
  changed_by: string | null;
  changed_at: string | null;
}

export interface SettingVersionView {
  version: number;
  value: unknown;
  changed_by: string;
  changed_at: string;
}

export interface AuditView {
  id: string;
  at: string;
  actor: string;
  act: string;
  subject: string | null;
  detail: Record<string, unknown>;
}

export interface PageAsked {
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  limit: number;
}

export interface PageOf<Item> {
  items: Item[];
  next_cursor: string | null;
}

export type SettingDeps = Omit<ChangeDeps, 'settings'> &
  Partial<Pick<ChangeDeps, 'settings'>> & { actor: string; clock: Clock };

const cursorPattern = /^\d{1,18}$/;

export function askSettings(given: SettingDeps) {
  const deps = { ...given, settings: given.settings ?? settingsAtRest(given.database) };
  const { database, actor } = deps;
  const models = askModels(deps);
  const view = async (
    definition: SettingDefinition,
    row: SettingRow,
    modelNames = models.names,
  ): Promise<SettingView> => viewOf(deps, definition, row, await choicesOf(deps, definition, modelNames));
  const one = async (key: string): Promise<SettingView> => {
    const definition = definitionOf(key);
    if (!definition) throw settingNotFound(key);
    await deps.settings.read();
    return view(definition, await database.run((query) => settingRow(query, key)));
  };
  return {
    list: async (): Promise<SettingView[]> => {
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
    /** Null where the key is of no setting any more: then its row is gone. @throws PermanentError */
    change: async (key: string, change: SettingChange): Promise<SettingView | null> => {
      await changeSetting(deps, key, change, actor);
      return definitionOf(key) ? one(key) : null;
    },
    /** Newest first. */
    history: async (key: string, { cursor, limit }: PageAsked): Promise<PageOf<SettingVersionView>> => {
      const before = numberOf(cursor);
      const rows = await database.run((query) =>
        settingHistory(query, key, {
          before: before === undefined ? undefined : Number(before),
          limit: limit + 1,
        }),
      );
      if (rows.length === 0 && !definitionOf(key)) throw settingNotFound(key);
      const items = rows.slice(0, limit).map(({ version, value, changedBy, changedAt }) => ({
        ...{ version, value, changed_by: changedBy, changed_at: changedAt.toISOString() },
      }));
      return { items, next_cursor: rows.length > limit ? String(items.at(-1)?.version) : null };
    },
    models: models.list,
    agents: askAgents(deps),
    /** What was asked for through the interface, newest first. */
    audit: async ({ cursor, limit }: PageAsked): Promise<PageOf<AuditView>> => {
      const rows = await database.run((query) =>
        auditEntries(query, { before: numberOf(cursor), limit: limit + 1 }),
      );
      const items = rows.slice(0, limit).map(auditView);
      return { items, next_cursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  };
}

/** A cursor that no page has given begins at the beginning. */
function numberOf(cursor: string | undefined): bigint | undefined {
  return cursor !== undefined && cursorPattern.test(cursor) ? BigInt(cursor) : undefined;
}

function none(key: string): SettingRow {
  return { key, value: null, hasRow: false, version: 0, changedBy: null, changedAt: null };
}

function viewOf(
  { settings }: { settings: ChangeDeps['settings'] },
  definition: SettingDefinition,
  row: SettingRow,
  choices: string[] | null,
): SettingView {
  const { key, group, title, help, kind, min = null, max = null, environment = null, held } = definition;
  const usual = held.by === 'engine' ? held.read(settings.base) : held.usual;
  const value = held.by === 'engine' ? held.read(settings.current) : (row.value ?? usual);
  return {
    ...{ key, group, title, help, kind, min, max, choices, value, usual },
    source: sourceOf(definition, row, usual, settings.given),
    environment,
    version: row.version,
    changed_by: row.changedBy,
    changed_at: row.changedAt?.toISOString() ?? null,
  };
}

function sourceOf(
  { held, schema, environment }: SettingDefinition,
  row: SettingRow,
  usual: unknown,
  given: ReadonlySet<string>,
): SettingView['source'] {
  // A row that is not gone by changes nothing; those of the database have one always.
  const isChanged =
    held.by === 'engine'
      ? row.hasRow && schema.safeParse(row.value).success
      : row.hasRow && row.value !== usual;
  if (isChanged) return 'changed';
  return environment !== undefined && given.has(environment) ? 'environment' : 'usual';
}

async function choicesOf(
  { known }: Pick<ChangeDeps, 'known'>,
  { choices, namesOf, kind }: SettingDefinition,
  modelNames: () => Promise<string[]>,
): Promise<string[] | null> {
  if (choices) return [...choices];
  if (namesOf === 'agent') return [...known.agentNames];
  if (namesOf !== 'model') return null;
  return [...(kind === 'choice' ? [nobody] : []), ...(await modelNames())];
}

function auditView({ id, at, ...row }: AuditRow): AuditView {
  const { actor, act, subject, detail } = row;
  return { id: id.toString(), at: at.toISOString(), actor, act, subject, detail };
}
