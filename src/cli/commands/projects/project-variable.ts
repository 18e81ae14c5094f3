import type { Command } from 'commander';
import type { ProjectVariable } from '../../../contract/contract.ts';
import {
  listProjectVariables,
  removeProjectVariable,
  rotateVariablesKey,
  setProjectVariable,
  showVariablesKey,
} from '../../../contract/operations/projects.ts';
import { audiencesOf, looksSecret } from '../../../domain/machine/project-variable.ts';
import { personOf } from '../../../domain/people/person.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { readSecret } from '../../input/read-secret.ts';
import { table } from '../../terminal/table.ts';

interface SetFlags {
  value?: string;
  secret?: boolean;
  plain?: boolean;
  for?: string;
}

const widthMax = 160;

export function addProjectVariable(projects: Command, context: CliContext): void {
  const variables = projects
    .command('variable')
    .description('the variables and secrets of a project: for its setup and checks, and for agents by name');
  addSet(variables, context);
  variables
    .command('ls <project>')
    .description('list the variables of a project (secrets are not shown)')
    .action(async (project: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { items: all } = await ask(listProjectVariables, { params: { id: project } });
        printer.print(all, () => linesOf(all, project));
      }),
    );
  variables
    .command('rm <project> <name>')
    .description('remove a variable')
    .action(async (project: string, name: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        await ask(removeProjectVariable, { params: { id: project, name } });
        printer.print({ removed: name }, () => `Removed ${name}: new sessions do not get it.`);
      }),
    );
  addKey(variables, context);
}

function addSet(variables: Command, context: CliContext): void {
  variables
    .command('set <project> <name>')
    .description('set or replace a variable; its value is read from a hidden prompt, or from standard input')
    .option('--secret', 'its value is a secret (default: if its name or its value looks like one)')
    .option('--plain', 'its value is not a secret: people can see it')
    .option(
      '--value <text>',
      'the value, only with --plain: everybody on the machine can read a command line',
    )
    .option('--for <sessions>', 'which sessions get it: setup, checks, agents', 'setup,checks')
    .action(async (project: string, name: string, options: SetFlags, command: Command) => {
      if (options.secret && options.plain) command.error('error: --secret and --plain exclude each other');
      if (options.value !== undefined && options.plain !== true)
        command.error('error: --value needs --plain: pipe a secret in, or type it at the prompt');
      const sessions = audiencesOf((options.for ?? '').split(',').map((each) => each.trim()));
      const value = options.value ?? (await readSecret(`Value of ${name}: `, context.signal));
      const isSecret = options.secret === true || (options.plain !== true && looksSecret(name, value));
      await withMoose(context, command, async ({ ask }, printer) => {
        const body = { value, is_secret: isSecret, for: sessions };
        const set = await ask(setProjectVariable, { params: { id: project, name }, body });
        printer.print(set, () => [
          `Set ${set.name}${set.is_secret ? ', a secret' : ''}, for ${set.for.join(', ')}: starting with the next session.`,
          ...(set.is_secret && set.for.includes('checks')
            ? [
                'An agent writes the tests that its checks run, so it may learn this value. If only setup needs it: --for setup.',
              ]
            : []),
          ...(set.is_secret
            ? []
            : ['It is not treated as a secret. If it is one, set it again with --secret.']),
        ]);
      });
    });
}

function addKey(variables: Command, context: CliContext): void {
  variables
    .command('key')
    .description('show where the key that encrypts all variables is, and how to copy it to another machine')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const key = await ask(showVariablesKey);
        printer.print(key, () => [
          key.key_ids.length === 0
            ? `This machine has no key yet; setting the first variable creates ${key.path}.`
            : `The key is in ${key.path}, which only you can read (or in MOOSE_SECRETS_KEY).`,
          ...(key.missing_key_ids.length === 0
            ? []
            : ['This machine lacks the key of some variables, and runs nothing that needs them.']),
          'Another machine needs a copy of that file in its data directory (chmod 600), for example:',
          `  scp ${key.path} OTHER:.moose/secrets.keys`,
          'or its content in MOOSE_SECRETS_KEY. Back it up apart from the database: without it, nobody can read the values.',
        ]);
      }),
    );
  variables
    .command('rotate')
    .description('make a new key, and encrypt all variables of all projects with it')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const rotated = await ask(rotateVariablesKey);
        printer.print(rotated, () => [
          `${rotated.variables} ${rotated.variables === 1 ? 'variable is' : 'variables are'} encrypted with a new key in ${rotated.path}.`,
          'Copy that file to the other machines of Moose now: until they have it, they run nothing that needs a variable.',
        ]);
      }),
    );
}

function linesOf(all: readonly ProjectVariable[], project: string): string[] {
  if (all.length === 0)
    return [`No variables yet. Set one with \`moose project variable set ${project} NAME\`.`];
  return table(
    ['NAME', 'VALUE', 'FOR', 'SET BY', 'SET'],
    all.map((each) => [
      ...[each.name, valueText(each), each.for.join(', '), personOf(each.changed_by)],
      each.changed_at.slice(0, 10),
    ]),
    widthMax,
  );
}

function valueText({ is_readable, is_secret, value }: ProjectVariable): string {
  if (!is_readable) return '(this machine lacks its key)';
  return is_secret ? '(secret)' : (value ?? '(not shown)');
}
