import type { ConfigurationError } from '../domain/failure.ts';
import type { YamlPlace } from '../stdx/text/bounded-yaml.ts';
import { configFileFailures } from './failure-catalogue.ts';

export const configPath = '.moose/config.yml';
/** More than any project needs. The limit is necessary because the parser takes quadratic time for some texts. */
export const configBytesMax = 64 * 1024;

export function invalidConfig(
  problem: string,
  { line, column }: YamlPlace = { line: 1, column: 1 },
  hint?: string,
): ConfigurationError {
  return configFileFailures.PROJECT_CONFIG_INVALID(
    { operation: 'read project config', metadata: { file: configPath, line, column } },
    { line, column, problem, hint: hint === undefined ? '' : `${hint} ` },
  );
}
