// `moose errors explain CODE`.
import type { Command } from 'commander';
import type { PrintedDocument } from '../../../contract/contract.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';

export function addExplainError(errors: Command, context: CliContext): void {
  errors
    .command('explain')
    .argument('<code>', 'an error code, such as GIT_LOCKED')
    .description('explain an error code: what it says, what to do, and what Moose does about it')
    .action(async (code: string, _: object, command: Command) => {
      const explained = await context.explainError(code);
      context.printer(flagsOf(command).json).print(explained, () => explainedLines(explained));
    });
}

function explainedLines(explained: PrintedDocument<'errors explain'>): string[] {
  const { code, category, means, components, texts, follows, recovery } = explained;
  return [
    `${paint('bold', code)} ${paint('gray', [category ?? 'alert', ...components].join(' · '))}`,
    ...(means === null ? [] : [means]),
    ...texts.flatMap(({ message, advice }) => ['', message, ...(advice === null ? [] : [`  → ${advice}`])]),
    '',
    ...recovery.map(
      ({ component, does, because }) =>
        `${component === '*' ? 'In any step' : `In ${component}`}: ${does}, because ${because}.`,
    ),
    ...(follows === null || recovery.length > 0 ? [] : [follows]),
  ];
}
