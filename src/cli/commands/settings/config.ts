import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addConfigAnswers } from './config-answers.ts';
import { addConfigPolicies } from './config-policies.ts';
import { addConfigSettings } from './config-settings.ts';

export function addConfig(program: Command, context: CliContext): void {
  const config = program.command('config').description('show and change settings');
  addConfigSettings(config, context);
  addConfigPolicies(config, context);
  addConfigAnswers(config, context);
}
