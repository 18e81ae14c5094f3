// Commands in texts for a person, as this person has to type them: `npm run moose -- --data /tmp/till show ID` in a checkout.
import { shellWord } from '../../stdx/text/shell-words.ts';

const call = { program: 'moose', data: '' };

/** How the person called this process. */
export function rememberProgram(calledAs: string): void {
  call.program = calledAs;
}

/** The data directory that the person named; another command finds the same work only with it. */
export function rememberData(directory: string | undefined): void {
  call.data = directory === undefined ? '' : ` --data ${shellWord(directory)}`;
}

/** The help of a command: its usage and its examples are commands without backticks. */
export function helpAsCalled(help: string): string {
  return asCalled(
    help.replaceAll(/^(Usage: | {2})moose(?= )/gm, (_, before: string) => before + call.program),
  );
}

/** Begins a quoted line: what a program or an agent has printed stays as it is. */
const quoteMark = '│';

/**
 * For sentences of Moose, whose commands are in backticks. Everything that the command line prints for a person goes
 * through it, and a text that went through it before stays as it is.
 */
export function asCalled(text: string): string {
  const typed = call.program + call.data;
  return text
    .split('\n')
    .map((line) =>
      line.includes(quoteMark)
        ? line
        : line.replaceAll(/`(moose [^`]+)`/g, (found, command: string) =>
            command.startsWith(`${typed} `) ? found : `\`${typed}${command.slice('moose'.length)}\``,
          ),
    )
    .join('\n');
}
