import { type Command, Option } from 'commander';
import type { PrintedDocument } from '../../../contract/contract.ts';
import { shortId } from '../../../domain/ids.ts';
import { type ApiRole, apiRoles } from '../../../domain/people/api-role.ts';
import type { TokenView } from '../../../engine/access/ask-tokens.ts';
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
      withMoose(context, command, async ({ moose }, printer) => {
        const all = await moose.tokens.list();
        printer.print(all.map(documentOf), () => linesOf(all));
      }),
    );
  tokens
    .command('create <name>')
    .description('create an API token; it is shown only once')
    .addOption(new Option('--role <role>', 'what the token may do').choices(apiRoles).default('operator'))
    .option('--person <name>', 'the person who signs in with it (default: a token for a program)')
    .action(async (name: string, options: CreateFlags, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const isPersons = options.person !== undefined || options.role === 'admin';
        if (isPersons) {
          const whose = options.person === undefined ? 'with the role admin' : `for ${options.person}`;
          await confirmByPerson(`Creating a token ${whose}`, context.signal);
        }
        const made = await moose.tokens.create({ name, role: options.role, person: options.person });
        printer.printSecret({ ...documentOf(made), token: made.token }, made.token);
        printer.note('Store it now: it is not shown again.');
      }),
    );
  tokens
    .command('revoke <id>')
    .description('revoke a token and sign out its sessions')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const revoked = await moose.tokens.revoke(id);
        printer.print(documentOf(revoked), () => `Revoked: ${revoked.name}`);
      }),
    );
}

function documentOf({ id, name, role, person, ...token }: TokenView): PrintedDocument<'tokens revoke'> {
  return {
    id,
    name,
    role,
    person,
    created_by: token.createdBy,
    created_at: token.createdAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}

function linesOf(tokens: readonly TokenView[]): string[] {
  const day = (at: Date | null) => at?.toISOString().slice(0, 10) ?? 'never';
  return table(
    ['ID', 'NAME', 'ROLE', 'PERSON', 'CREATED', 'LAST USED', 'STATE'],
    tokens.map(({ id, name, role, person, createdAt, lastUsedAt, revokedAt }) => [
      ...[shortId(id), name, role, person ?? '(a program)', day(createdAt), day(lastUsedAt)],
      revokedAt === null ? 'active' : `revoked ${day(revokedAt)}`,
    ]),
    widthMax,
  );
}
