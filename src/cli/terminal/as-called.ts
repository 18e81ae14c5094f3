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

/** A command that begins with `moose`. */
export function commandAsCalled(command: string): string {
  return command.replace(/^moose(?= )/, () => call.program + call.data);
}

/** For sentences of Moose, with commands in backticks. What a program or an agent has printed must stay as it is. */
export function asCalled(text: string): string {
  return text.replaceAll(/`(moose [^`\n]+)`/g, (_, command: string) => `\`${commandAsCalled(command)}\``);
}
