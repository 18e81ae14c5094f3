import { type Command, Option } from 'commander';
import type { Token } from '../../../contract/contract.ts';
import { createToken, listTokens, revokeToken } from '../../../contract/operations/sign-in.ts';
import { shortId } from '../../../domain/ids.ts';
import { type ApiRole, apiRoles } from '../../../domain/people/api-role.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { confirmByPerson } from '../../terminal/confirm.ts';
import { table } from '../../terminal/table.ts';

interface CreateFlags {
  role: ApiRole;
  person?: string;
}

const widthMax = 200;

export function addTokens(program: Command, context: CliContext): void {
  const tokens = program
    .command('tokens')
    .description('manage API tokens: those of programs, and those that people sign in with');
  tokens
    .command('ls', { isDefault: true })
    .description('list API tokens (secrets are not shown)')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { items: all } = await ask(listTokens);
        printer.print(all, () => linesOf(all));
      }),
    );
  tokens
    .command('create <name>')
    .description('create an API token; it is shown only once')
    .addOption(new Option('--role <role>', 'what the token may do').choices(apiRoles).default('operator'))
    .option('--person <name>', 'the person who signs in with it (default: a token for a program)')
    .action(async (name: string, options: CreateFlags, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const isPersons = options.person !== undefined || options.role === 'admin';
        if (isPersons) {
          const whose = options.person === undefined ? 'with the role admin' : `for ${options.person}`;
          await confirmByPerson(`Creating a token ${whose}`, context.signal);
        }
        const made = await ask(createToken, { body: { name, role: options.role, person: options.person } });
        printer.printSecret(made, made.token);
        printer.note('Store it now: it is not shown again.');
      }),
    );
  tokens
    .command('revoke <id>')
    .description('revoke a token and sign out its sessions')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const revoked = await ask(revokeToken, { params: { id } });
        printer.print(revoked, () => `Revoked: ${revoked.name}`);
      }),
    );
}

function linesOf(tokens: readonly Token[]): string[] {
  const day = (at: string | null) => at?.slice(0, 10) ?? 'never';
  return table(
    ['ID', 'NAME', 'ROLE', 'PERSON', 'CREATED', 'LAST USED', 'STATE'],
    tokens.map(({ id, name, role, person, created_at, last_used_at, revoked_at }) => [
      ...[shortId(id), name, role, person ?? '(a program)', day(created_at), day(last_used_at)],
      revoked_at === null ? 'active' : `revoked ${day(revoked_at)}`,
    ]),
    widthMax,
  );
}
