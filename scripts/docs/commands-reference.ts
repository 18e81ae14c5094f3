import type { Command, Option } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { markdownTable } from './markdown-table.ts';

/** Every command, its arguments and its options, from the program that parses them. */
export function commandsReference(): string {
  const told = commands().flatMap((each) => [...(doesSomething(each) ? [each] : []), ...each.commands]);
  return told.map(section).join('\n\n');
}

/** False for a mere group of subcommands. */
function doesSomething(command: Command): boolean {
  const { commands, registeredArguments } = command;
  return commands.length === 0 || ownOptions(command).length > 0 || registeredArguments.length > 0;
}

function ownOptions({ options }: Command): readonly Option[] {
  return options.filter(({ long }) => !everywhere.has(long ?? ''));
}

/** The names of all commands of `moose`. */
export function commandNames(): string[] {
  return commands().map((command) => command.name());
}

/** Options of every command are described only once, in the document's own words. */
const everywhere = new Set(['--json', '--data']);

function commands(): readonly Command[] {
  return createProgram({
    version: '',
    signal: new AbortController().signal,
    printer: unused,
    open: unused,
    address: unused,
    explainError: unused,
    diagnose: unused,
    init: unused,
    logins: unused,
    backups: unused,
    demo: unused,
    faultDemo: unused,
    certify: unused,
    chaos: unused,
  }).commands;
}

function section(command: Command): string {
  const positional = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  const rows = ownOptions(command).map((option) => [`\`${option.flags}\``, meaning(option)]);
  return [
    `## \`${[...pathOf(command), ...positional].join(' ')}\``,
    '',
    sentence(command.description()),
    ...(rows.length > 0 ? ['', markdownTable(['option', 'means'], rows)] : []),
  ].join('\n');
}

/** The whole name of a subcommand, such as `moose config answers`. */
function pathOf(command: Command): string[] {
  return [...(command.parent ? pathOf(command.parent) : []), command.name()];
}

function meaning({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices ? `: ${argChoices.map((choice) => `\`${choice}\``).join(', ')}` : '';
  const isWorthTelling = typeof defaultValue === 'string' || typeof defaultValue === 'number';
  return `${description}${choices}${isWorthTelling ? ` (default \`${defaultValue}\`)` : ''}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function unused(): never {
  throw new TypeError('The program is read here, and not run');
}
