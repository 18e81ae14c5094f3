import { type Command, Option } from 'commander';
import type { Invite } from '../../../contract/contract.ts';
import { createInvite, listInvites, revokeInvite } from '../../../contract/operations/invites.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsd, usdNumber } from '../../../domain/money.ts';
import { type ApiRole, apiRoles } from '../../../domain/people/api-role.ts';
import { personOf } from '../../../domain/people/person.ts';
import type { CliContext } from '../../context.ts';
import { parseDuration } from '../../input/durations.ts';
import { withMoose } from '../../input/flags.ts';
import { parseLimit } from '../../input/parse-limit.ts';
import { confirmByPerson } from '../../terminal/confirm.ts';
import { table } from '../../terminal/table.ts';

interface CreateFlags {
  role: ApiRole;
  expires: string;
  daily?: string;
}

const widthMax = 200;
const minute = (at: string) => at.slice(0, 16).replace('T', ' ');

export function addInvites(program: Command, context: CliContext): void {
  const invites = program
    .command('invites')
    .description('invite people with links that sign them in once, and manage these invites');
  invites
    .command('ls', { isDefault: true })
    .description('list invites (links are not shown)')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { items: all } = await ask(listInvites);
        printer.print(all, () => (all.length === 0 ? 'Nobody was invited yet.' : linesOf(all)));
      }),
    );
  addCreate(invites, context);
  invites
    .command('revoke <id>')
    .description('revoke an invite that was not accepted: its link stops working')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const revoked = await ask(revokeInvite, { params: { id } });
        printer.print(revoked, () => `Revoked: the invite of ${revoked.person}`);
      }),
    );
}

function addCreate(invites: Command, context: CliContext): void {
  invites
    .command('create <person>')
    .description('invite a person: print a link that signs them in, once; it is shown only once')
    .addOption(new Option('--role <role>', 'what the person may do').choices(apiRoles).default('operator'))
    .option('--expires <duration>', 'how long the link works, from 1m to 30d', '7d')
    .option('--daily <usd>', 'set the daily limit of the person, in dollars, as moose limits does')
    .addHelpText(
      'after',
      `
Examples:
  moose invites create dee --role viewer
  moose invites create cay --role operator --expires 2d --daily 5
  moose invites revoke 4f1c`,
    )
    .action(async (person: string, options: CreateFlags, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { role } = options;
        const expires_in_ms = parseDuration(options.expires);
        const daily = options.daily === undefined ? undefined : parseLimit(options.daily);
        const limit = daily === undefined ? '' : `, and setting a daily limit of ${formatUsd(daily)}`;
        await confirmByPerson(`Inviting ${person} with the role ${role}${limit}`, context.signal);
        const daily_usd = daily === undefined ? undefined : usdNumber(daily);
        const made = await ask(createInvite, { body: { person, role, expires_in_ms, daily_usd } });
        printer.printSecret(made, made.link);
        printer.note(
          `Send it to ${person} only: whoever opens it first and accepts the invite signs in as ${person}.`,
        );
        printer.note(`It works once, until ${minute(made.expires_at)} UTC.`);
        if (isHere(made.link))
          printer.note('It works on this machine only: set MOOSE_BASE_URL to the address that people use.');
      }),
    );
}

const isHere = (link: string) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(link).hostname);

function linesOf(invites: readonly Invite[]): string[] {
  return table(
    ['ID', 'PERSON', 'ROLE', 'INVITED BY', 'EXPIRES', 'STATE'],
    invites.map(({ id, person, role, created_by, expires_at, accepted_at, state }) => [
      ...[shortId(id), person, role, personOf(created_by), minute(expires_at)],
      accepted_at === null ? state : `accepted ${minute(accepted_at)}`,
    ]),
    widthMax,
  );
}
