// How the help of every command looks: short lists, without what a reader knows already.
import { type Command, Help, type HelpConfiguration } from 'commander';
import { paint } from './printer.ts';

/** For `moose run`, whose title can begin with a dash. */
export const dashTitle =
  'A title that begins with a dash comes last, after --: `moose run --limit 2 -- "-v fails"`';

const plain = new Help();

export const helpStyle: HelpConfiguration = {
  // Every command has options. The list of all commands names only them; a short list also shows their arguments.
  subcommandTerm: (command) =>
    command.parent?.parent
      ? plain.subcommandTerm(command).replace(' [options]', '')
      : [command.name(), ...command.aliases()].join(', '),
  visibleCommands: (command) => plain.visibleCommands(command).filter((each) => each.name() !== 'help'),
  // A repeatable option begins with an empty list.
  optionDescription: (option) => plain.optionDescription(option).replace(' (default: [])', ''),
  styleTitle: (text) => paint('bold', text),
};

/** Longer ones do not fit into one line of the list of all commands. */
const summaryCharsMax = 64;

/** The beginning of a description, for the list of all commands. */
export function summaryOf(description: string): string {
  const [clause = ''] = description.split(/[:;] |\. /);
  return clause.length <= summaryCharsMax ? clause : (clause.split(', ')[0] ?? clause);
}

/** What follows a usage error of a command. */
export function hintOf(command: Command): string {
  const path: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) path.unshift(at.name());
  const hint = `run \`${path.join(' ')} --help\` for its options`;
  return command.name() === 'run' ? `(${dashTitle}\n ${hint})` : `(${hint})`;
}
