import { ConfigurationError } from '../domain/failure.ts';
import type { YamlPlace } from '../stdx/bounded-yaml.ts';

export const configPath = '.moose/config.yml';
/** More than any project needs. The limit is necessary because the parser takes quadratic time for some texts. */
export const configBytesMax = 64 * 1024;

const advice = `Fix it and commit it to the base branch. The keys are in docs/reference/config.md; a key that you remove gets its default.`;

export function invalidConfig(
  problem: string,
  { line, column }: YamlPlace = { line: 1, column: 1 },
  hint?: string,
): ConfigurationError {
  return new ConfigurationError({
    code: 'PROJECT_CONFIG_INVALID',
    component: 'config',
    operation: 'read project config',
    message: `${configPath}:${line}:${column}: ${problem}.`,
    advice: hint === undefined ? advice : `${hint} ${advice}`,
    metadata: { file: configPath, line, column },
  });
}
