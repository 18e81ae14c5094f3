import type { Setting } from '../../../../src/contract/contract.ts';

export type SettingGroup = Setting['group'];

/** In display order. */
export const groupTitles: Readonly<Record<SettingGroup, string>> = {
  limits: 'Limits',
  policies: 'Policies',
  models: 'Models',
  agents: 'Agents',
  breakers: 'Circuit breakers',
  pressure: 'Load of a machine',
  targets: 'Targets',
  people: 'People',
};

export const settingGroups = Object.keys(groupTitles) as SettingGroup[];
