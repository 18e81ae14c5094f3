import { Argument, type Command } from 'commander';
import { completionScript, type Shell, shells } from '../../completion-script.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';

export function addCompletion(program: Command, context: CliContext): void {
  program
    .command('completion')
    .description(
      'print a script that completes commands and options in your shell: eval "$(moose completion bash)" in ~/.bashrc',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .action((shell: Shell, _: object, command: Command) => {
      const script = completionScript(shell, program);
      context.printer(flagsOf(command).json).printExactly({ shell, script }, script);
    });
}
