import type { Command } from 'commander';
import type { AnswerPolicy } from '../../../contract/contract.ts';
import { listAnswerPolicies, revokeAnswerPolicy } from '../../../contract/operations/escalations.ts';
import { shortId } from '../../../domain/ids.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';
import { table } from '../../terminal/table.ts';

const widthDefault = 120;

export function addConfigAnswers(config: Command, context: CliContext): void {
  config
    .command('answers')
    .description('list standing answers (`moose answer … --always`)')
    .option('--revoke <id>', 'revoke this standing answer')
    .option('--all', 'include revoked answers')
    .action(async (options: { revoke?: string; all?: boolean }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        if (options.revoke !== undefined) await ask(revokeAnswerPolicy, { params: { id: options.revoke } });
        const { items: policies } = await ask(listAnswerPolicies, { query: { all: options.all === true } });
        printer.print(policies, () => lines(policies, process.stdout.columns ?? widthDefault));
      }),
    );
}

function lines(policies: readonly AnswerPolicy[], widthMax: number): string[] {
  if (policies.length === 0) return ['No standing answers. `moose answer … --always` creates one.'];
  return table(
    ['ID', 'PROJECT', 'AFTER', 'USED', 'BY', 'ANSWER'],
    policies.map((policy) => [
      shortId(policy.id),
      policy.project ?? 'every project',
      `${policy.failure_class} · ${policy.code}`,
      `${policy.uses} times`,
      policy.created_by.replace(/^human:/, ''),
      `${policy.label}${policy.note ? ` (“${policy.note}”)` : ''}${policy.revoked_at ? paint('gray', ' · revoked') : ''}`,
    ]),
    widthMax,
  );
}
