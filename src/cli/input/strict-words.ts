// Refuses words of the command line that are surely a mistake: an empty name, as of a variable that is not set, and an
// unknown subcommand of a command that has a default one.
import type { Command } from 'commander';
import { nearNames } from '../../domain/text/near-names.ts';

/** Options and arguments that are texts or values: emptying them can be meant. */
const mayBeEmpty: ReadonlySet<string> = new Set([
  'description',
  'acceptance',
  'because',
  'note',
  'text',
  'title',
  'value',
]);

/** Call it before the action. An empty path would be the current directory, and an empty name the default. */
export function refuseEmptyWords(command: Command): void {
  for (let at: Command | null = command; at !== null; at = at.parent)
    for (const option of at.options) {
      const isEmpty = [at.getOptionValue(option.attributeName())].flat().includes('');
      if (isEmpty && !mayBeEmpty.has(option.attributeName()))
        command.error(`error: the value of ${option.flags} is empty`);
    }
  for (const [index, argument] of command.registeredArguments.entries())
    if (command.args[index] === '' && !mayBeEmpty.has(argument.name()))
      command.error(`error: the argument <${argument.name()}> is empty`);
}

/** Call it before a subcommand runs: if the first word is not a subcommand, the default one would run. */
export function refuseUnknownSubcommand(group: Command): void {
  const [word] = group.args;
  const names = group.commands.flatMap((each) => [each.name(), ...each.aliases()]);
  if (word === undefined || word.startsWith('-') || names.includes(word)) return;
  const near = nearNames(word, names);
  const meant = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `it has ${names.join(', ')}`;
  group.error(`error: ${group.name()} has no command '${word}': ${meant}`);
}
