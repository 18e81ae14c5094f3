import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ForgeCheck, ForgeHostView, NewForge } from '../../../contract/contract.ts';
import { checkForges, listForges, registerForge, removeForge } from '../../../contract/operations/forges.ts';
import { type RegisteredKind, registeredKinds, type SecretSource } from '../../../domain/forge/forge.ts';
import type { CliContext } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { withMoose } from '../../input/flags.ts';
import { table } from '../../terminal/table.ts';

interface AddFlags {
  kind: RegisteredKind;
  api?: string;
  tokenEnv?: string;
  tokenFile?: string;
  gh?: boolean;
  appId?: string;
  appKeyFile?: string;
  webhookSecretEnv?: string;
}

const widthMax = 200;

export function addForge(program: Command, context: CliContext): void {
  const forges = program
    .command('forge')
    .description('manage forges, where Moose opens pull requests: GitHub, Gitea, Forgejo, GitLab');
  addAdd(forges, context);
  forges
    .command('ls', { isDefault: true })
    .description('list registered forges and what is left of their rate limits')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { items: all } = await ask(listForges);
        printer.print(all, () => linesOf(all));
      }),
    );
  forges
    .command('check [of]')
    .description('show what Moose may do in the repositories of a host or a project, and what is missing')
    .action(async (of: string | undefined, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { items: checks } = await ask(checkForges, { body: { of } });
        printer.print(checks, () =>
          checks.length === 0 ? ['No project is on a registered forge yet.'] : checks.flatMap(checkLines),
        );
        if (checks.some(({ ok }) => !ok)) process.exitCode = exitCodes.failed;
      }),
    );
  forges
    .command('rm <host>')
    .description('remove a forge; its projects then use local pull requests')
    .action(async (host: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const removed = await ask(removeForge, { params: { host } });
        printer.print(removed, () => `Removed ${removed.removed}.`);
      }),
    );
}

function addAdd(forges: Command, context: CliContext): void {
  forges
    .command('add <host>')
    .description('register or update a forge; Moose stores where the credential is, never the credential')
    .addOption(
      new Option('--kind <kind>', 'kind of forge; use gitea for Forgejo')
        .choices(registeredKinds)
        .makeOptionMandatory(),
    )
    .option('--api <url>', 'API address (default: derived from the host)')
    .option('--token-env <name>', 'variable that holds the token on each machine: MOOSE_FORGE_…')
    .option('--token-file <path>', 'file that holds the token on each machine (chmod 600)')
    .option('--gh', "use the login of GitHub's command line (gh)")
    .option('--app-id <id>', 'the ID of a GitHub App')
    .option('--app-key-file <path>', 'file that holds the private key of the App (chmod 600)')
    .option('--webhook-secret-env <name>', 'variable that holds the secret of the webhooks of the forge')
    .action(async (host: string, options: AddFlags, command: Command) => {
      const credential = credentialOf(options);
      if (credential === null)
        command.error(
          'error: give exactly one credential: --token-env, --token-file, --gh, or --app-id with --app-key-file',
        );
      const secret = options.webhookSecretEnv;
      const given: NewForge = {
        host,
        kind: options.kind,
        credential,
        ...(options.api === undefined ? {} : { api_url: options.api }),
        ...(secret === undefined ? {} : { webhook_secret: { source: 'env', name: secret } }),
      };
      await withMoose(context, command, async ({ ask }, printer) => {
        const added = await ask(registerForge, { body: given });
        printer.print(added, () => [
          `Registered ${added.host}. Moose opens pull requests there for every project whose remote is on this host.`,
          `Next: \`moose forge check ${added.host}\``,
        ]);
      });
    });
}

/** Null unless exactly one forge is named. */
function credentialOf(flags: AddFlags): NewForge['credential'] | null {
  const file = (path: string): SecretSource => ({ source: 'file', path: resolve(path) });
  const { tokenEnv, tokenFile, gh, appId, appKeyFile } = flags;
  const named: NewForge['credential'][] = [
    ...(tokenEnv === undefined ? [] : [{ source: 'env' as const, name: tokenEnv }]),
    ...(tokenFile === undefined ? [] : [file(tokenFile)]),
    ...(gh ? [{ source: 'gh' as const }] : []),
    ...(appId === undefined || appKeyFile === undefined
      ? []
      : [{ source: 'app' as const, app_id: appId, key: file(appKeyFile) }]),
  ];
  const isHalf = (appId === undefined) !== (appKeyFile === undefined);
  return named.length === 1 && !isHalf ? (named[0] ?? null) : null;
}

function linesOf(all: readonly ForgeHostView[]): string[] {
  if (all.length === 0)
    return ['No forges yet: pull requests exist only in Moose. Register a forge with `moose forge add`.'];
  return table(
    ['HOST', 'KIND', 'CREDENTIAL', 'LIMIT LEFT', 'STATE'],
    all.map((each) => [
      ...[each.host, each.kind, credentialText(each.credential)],
      each.limit === null ? '–' : `${each.limit.remaining} of ${each.limit.total}`,
      each.paused_until === null
        ? 'available'
        : `paused until ${each.paused_until.slice(11, 19)}: ${each.paused_because ?? ''}`,
    ]),
    widthMax,
  );
}

function credentialText(credential: ForgeHostView['credential']): string {
  if (credential.source === 'gh') return 'gh login';
  if (credential.source === 'app') return `App ${credential.app_id}`;
  return credential.source === 'env' ? credential.name : credential.path;
}

function checkLines(check: ForgeCheck): string[] {
  const { project, host, repository, login, rights, problems } = check;
  const missing = rights.filter(({ is_given }) => is_given === false);
  const unknown = rights.filter(({ is_given }) => is_given === null).map(({ name }) => name);
  const can = [
    ...(check.has_auto_merge ? ['auto-merge'] : []),
    ...(check.has_merge_queue ? ['merge queue'] : []),
    ...check.merge_methods,
  ];
  return [
    `${check.ok ? '✓' : '✗'} ${project}: ${repository || 'local pull requests'} on ${host}${login === null ? '' : ` as ${login}`}`,
    ...(can.length > 0 ? [`  can merge with: ${can.join(', ')}`] : []),
    ...(check.expires_at === null ? [] : [`  credential expires: ${check.expires_at.slice(0, 10)}`]),
    ...missing.map(({ name, is_for }) => `  missing: ${name}, ${is_for}`),
    ...(unknown.length > 0 ? [`  unknown (the forge does not say): ${unknown.join(', ')}`] : []),
    ...problems.map(({ message, advice }) => `  ${message} ${advice}`),
  ];
}
