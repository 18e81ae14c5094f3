// Every setting of the engine, declared once. Its type, its default, its environment variable, what people can change and
// the reference come from here.
import { hostname } from 'node:os';
import { agents } from './settings/agents.ts';
import { breakers } from './settings/breakers.ts';
import { ci } from './settings/ci.ts';
import { fixed, type SettingDefinition, type ValuesOf } from './settings/definition.ts';
import { director } from './settings/director.ts';
import { databaseDefinition, defaultsOf, definitionsOf } from './settings/flatten-table.ts';
import { budget, limits } from './settings/limits.ts';
import { models } from './settings/models.ts';
import { owners, people } from './settings/people.ts';
import { policies } from './settings/policies.ts';
import { pressure } from './settings/pressure.ts';
import { targets } from './settings/targets.ts';

const table = {
  ...limits,
  ...policies,
  ...models,
  ...agents,
  ...breakers,
  ...people,
  /** What Moose does after a forge's checks. */
  ci,
  /** The load above which a machine starts less work. */
  pressure,
  /** What people want of Moose, which is measured. */
  targets,
  /** What the Director approves without a person. */
  director,
  /** Where Moose keeps its state; each process sets its own. */
  dataDirectory: fixed('/nowhere'),
  /** The name of this machine, by which sessions are adopted and slots counted. */
  host: fixed(hostname()),
};

export type EngineSettings = ValuesOf<typeof table>;
export type EngineSettingDefinition = SettingDefinition<EngineSettings>;

export const defaultSettings: EngineSettings = defaultsOf(table);

/** What people can change while Moose runs, in display order. */
export const settingDefinitions: readonly EngineSettingDefinition[] = [
  ...budget.map((setting) => databaseDefinition<EngineSettings>('limits', setting)),
  ...definitionsOf<EngineSettings>('limits', limits),
  ...definitionsOf<EngineSettings>('policies', { ...policies, ci, director }),
  ...definitionsOf<EngineSettings>('models', models),
  ...definitionsOf<EngineSettings>('agents', agents),
  ...definitionsOf<EngineSettings>('breakers', breakers),
  ...definitionsOf<EngineSettings>('pressure', { pressure }),
  ...definitionsOf<EngineSettings>('targets', { targets }),
  ...definitionsOf<EngineSettings>('people', people),
  ...owners.map((setting) => databaseDefinition<EngineSettings>('people', setting)),
];

const byKey = new Map(settingDefinitions.map((definition) => [definition.key, definition]));

export function definitionOf(key: string): EngineSettingDefinition | undefined {
  return byKey.get(key);
}
