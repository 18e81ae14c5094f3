import { type Command, Option } from 'commander';
import { shortId } from '../../domain/ids.ts';
import type { TokenView } from '../../engine/access/ask-tokens.ts';
import { type ApiRole, apiRoles } from '../../store/access/api-tokens.ts';
import { confirmByPerson } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { withMoose } from '../flags.ts';
import { table } from '../table.ts';

interface CreateFlags {
  role: ApiRole;
  person?: string;
}

const widthMax = 200;

export function addTokens(program: Command, context: CliContext): void {
  const tokens = program
    .command('tokens')
    .description('who may call Moose: the tokens of programs, and those that people sign in with');
  tokens
    .command('ls', { isDefault: true })
    .description('the tokens, without what they are')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const all = await moose.tokens.list();
        face.print(all.map(documentOf), () => linesOf(all));
      }),
    );
  tokens
    .command('create <name>')
    .description('a new token; it is shown this once')
    .addOption(new Option('--role <role>', 'what it may do').choices(apiRoles).default('operator'))
    .option('--person <name>', "who signs in with it; left out, it is a program's")
    .action(async (name: string, options: CreateFlags, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const isPersons = options.person !== undefined || options.role === 'admin';
        if (isPersons) {
          const whose = options.person === undefined ? 'of the role admin' : `for ${options.person}`;
          await confirmByPerson(`Making a token ${whose}`, context.signal);
        }
        const made = await moose.tokens.create({ name, role: options.role, person: options.person ?? null });
        face.printSecret({ ...documentOf(made), token: made.token }, made.token);
        face.note('Keep it: it is shown this once.');
      }),
    );
  tokens
    .command('revoke <id>')
    .description('from now on it is not good any more, and who has signed in with it is signed out')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const revoked = await moose.tokens.revoke(id);
        face.print(documentOf(revoked), () => `Revoked: ${revoked.name}`);
      }),
    );
}

function documentOf({ id, name, role, person, ...token }: TokenView): Record<string, unknown> {
  return {
    ...{ id, name, role, person, created_by: token.createdBy },
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
      revokedAt === null ? 'good' : `revoked ${day(revokedAt)}`,
    ]),
    widthMax,
  );
}
