// The environment variables that Moose reads: those of `src/app/config/variables.ts`, and those of the settings that
// people can change. The check fails for a declared variable that nothing reads; code that reads an undeclared variable
// does not compile.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkVariables } from '../../src/app/config/child-environments.ts';
import { settingsOfEnvironment } from '../../src/app/config/env-settings.ts';
import { variables } from '../../src/app/config/variables.ts';
import type { EngineSettingDefinition } from '../../src/engine/policy/engine-settings.ts';
import { defaultText } from './changed-settings-table.ts';
import { markdownTable } from './markdown-table.ts';

const rootPath = fileURLToPath(new URL('../..', import.meta.url));

export function environmentTable(): string {
  const config = ['config.ts', 'cloud-settings.ts']
    .map((name) => readFileSync(join(rootPath, 'src/app/config', name), 'utf8'))
    .join('\n');
  const unread = Object.keys(variables).filter((name) => !config.includes(`'${name}'`));
  if (unread.length > 0)
    throw new Error(
      `src/app/config/variables.ts declares ${unread.join(', ')}, which neither config.ts nor cloud-settings.ts there reads`,
    );
  return markdownTable(
    ['variable', 'means', 'default'],
    [
      ...Object.entries(variables).map(([name, { means, default: fallback }]) => [
        `\`${name}\``,
        means,
        fallback,
      ]),
      ...settingsOfEnvironment.map(({ name, definition }) => [
        `\`${name}\``,
        meaningOf(definition),
        defaultText(definition),
      ]),
    ],
  );
}

const forms: Readonly<Partial<Record<EngineSettingDefinition['kind'], string>>> = {
  usd: 'In dollars.',
  agents: 'Separated by commas.',
  words: 'Separated by commas.',
};

function meaningOf({ title, help, kind, environmentHelp, environmentAliases = {} }: EngineSettingDefinition) {
  const aliases = Object.entries(environmentAliases).map(([word, same]) => `\`${word}\` means \`${same}\`.`);
  return [`${title}. ${help}`, forms[kind], environmentHelp, ...aliases].filter(Boolean).join(' ');
}

/** The only environment variables that a project's checks get. */
export function checkEnvironmentList(): string {
  return checkVariables.map((name) => `\`${name}\``).join(', ');
}
