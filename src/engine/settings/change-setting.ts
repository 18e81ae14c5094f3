// Changes a setting for a person: never overwrites a concurrent change, and never stores an invalid value.

import type { PermanentError } from '../../domain/failure.ts';
import { isHuman } from '../../domain/people/person.ts';
import { nearNames } from '../../domain/text/near-names.ts';
import type { Query } from '../../store/database.ts';
import {
  lockSettings,
  removeSetting,
  type SettingRow,
  settingRow,
  writeSetting,
} from '../../store/work/system-config.ts';
import { definitionOf, type EngineSettingDefinition, settingDefinitions } from '../policy/engine-settings.ts';
import { egressKey, isolationKey } from '../policy/settings/agents.ts';
import { budgetZoneKey, dailyLimitKey, monthlyLimitKey } from '../policy/settings/limits.ts';
import { type CheckDeps, checkValue } from './check-value.ts';
import { settingFailures } from './failure-catalogue.ts';
import type { LiveSettings } from './live-settings.ts';
import { isRiskyChange } from './risky-change.ts';

export interface SettingChange {
  /** Null resets it to the default. */
  value: unknown;
  /** The version that the person has seen; if absent, any version is replaced. */
  expectedVersion?: number | undefined;
}

export type ChangeDeps = CheckDeps & { settings: LiveSettings };

const readMsMax = 5_000;
const systemLimits: ReadonlySet<string> = new Set([dailyLimitKey, monthlyLimitKey]);

/** When this resolves, the change is in effect in this process; elsewhere, a moment later. @throws PermanentError */
export async function changeSetting(
  deps: ChangeDeps,
  key: string,
  { value, expectedVersion }: SettingChange,
  actor: string,
): Promise<void> {
  const definition = definitionOf(key);
  if (!definition && value !== null) throw settingNotFound(key);
  const checked = definition && value !== null ? await checkValue(deps, definition, value) : null;
  await deps.database.transaction(async (query) => {
    await lockSettings(query);
    const row = await settingRow(query, key);
    // A row of an unknown setting can still be removed.
    if (!definition && !(row.hasRow && key.startsWith('settings.'))) throw settingNotFound(key);
    if (expectedVersion !== undefined && expectedVersion !== row.version)
      throw changedMeanwhile(row, definition);
    await write(query, { definition, row, actor, value: checked, settings: deps.settings });
  });
  await deps.settings.read(AbortSignal.timeout(readMsMax));
}

interface Write {
  definition: EngineSettingDefinition | undefined;
  row: SettingRow;
  /** Null resets it to the default. */
  value: unknown;
  actor: string;
  settings: LiveSettings;
}

async function write(query: Query, { definition, row, value, actor, settings }: Write): Promise<void> {
  if (definition?.held.by !== 'database') {
    if ((row.key === isolationKey || row.key === egressKey) && !isHuman(actor)) throw isolationNotYours();
    const now = row.hasRow ? row.value : definition?.held.read(settings.current);
    const next = value ?? definition?.held.read(settings.base);
    if (definition && isRiskyChange(row.key, now, next) && !isHuman(actor)) throw riskNotYours(definition);
    if (value === null) await removeSetting(query, row.key, actor);
    else await writeSetting(query, row.key, value, actor);
    return;
  }
  const next = value ?? definition.held.default;
  const isRaised = systemLimits.has(row.key) && Number(next) > Number(row.value ?? definition.held.default);
  const isMoved = row.key === budgetZoneKey && next !== (row.value ?? definition.held.default);
  if ((isRaised || isMoved) && !isHuman(actor)) throw notYours(definition);
  await writeSetting(query, row.key, next, actor);
}

export function settingNotFound(key: string): PermanentError {
  const near = nearNames(
    key,
    settingDefinitions.map((definition) => definition.key),
  );
  return near.length > 0
    ? settingFailures.SETTING_NOT_FOUND('find', { key: key.slice(0, 200), near: near.join(' or ') })
    : settingFailures.SETTING_NOT_FOUND_LIST('find', { key: key.slice(0, 200) });
}

function changedMeanwhile(row: SettingRow, definition: EngineSettingDefinition | undefined): PermanentError {
  const who = row.changedBy ?? 'nobody';
  const at = row.changedAt?.toISOString() ?? null;
  return at === null
    ? settingFailures.SETTING_CHANGED(
        {
          operation: 'change',
          metadata: { key: row.key, version: row.version, changedBy: row.changedBy, changedAt: at },
        },
        { title: definition?.title ?? row.key },
      )
    : settingFailures.SETTING_CHANGED_MEANWHILE(
        {
          operation: 'change',
          metadata: { key: row.key, version: row.version, changedBy: row.changedBy, changedAt: at },
        },
        { title: definition?.title ?? row.key, who, at },
      );
}

function notYours({ title }: EngineSettingDefinition): PermanentError {
  return settingFailures.LIMIT_NOT_YOURS('raise limit', { title });
}

function riskNotYours({ title }: EngineSettingDefinition): PermanentError {
  return settingFailures.LIMIT_NOT_YOURS_RISK('change', { title });
}

function isolationNotYours(): PermanentError {
  return settingFailures.ISOLATION_NOT_YOURS('change isolation');
}
