// Kinds, groups and sources of settings that the engine, the API and the pages share.

/** In display order. */
export const settingGroups = [
  'limits',
  'policies',
  'models',
  'agents',
  'breakers',
  'pressure',
  'targets',
  'people',
] as const;
export type SettingGroup = (typeof settingGroups)[number];

/** How a setting is edited, and what it takes. */
export const settingKinds = [
  'usd',
  'integer',
  'share',
  'duration_ms',
  'boolean',
  'text',
  'choice',
  'models',
  'agents',
  'people',
  'words',
  'policies',
] as const;
export type SettingKind = (typeof settingKinds)[number];

/** `usual` means the default. */
export const settingSources = ['default', 'environment', 'changed'] as const;
