// The settings of projects, from their table.
import { configSchema } from '../../src/config-file/config-schema.ts';
import { projectSettingRows } from '../../src/domain/project-settings/project-settings.ts';
import { markdownTable } from './markdown-table.ts';

export function projectSettingsTable(): string {
  const unknown = projectSettingRows.filter(
    ([, { file }]) => file !== undefined && !(file in configSchema.shape),
  );
  if (unknown.length > 0)
    throw new Error(`.moose/config.yml has no key for ${unknown.map(([key]) => key).join(', ')}`);
  return markdownTable(
    ['setting', 'option', 'key of `.moose/config.yml`', 'only a person may'],
    projectSettingRows.map(([key, { flag, file, person }]) => [
      `\`${key}\``,
      `\`${flag.split(' ')[0]}\``,
      file === undefined ? '' : `\`${file}\``,
      person?.may ?? '',
    ]),
  );
}
