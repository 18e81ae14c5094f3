import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ForgeCheck, ForgeHostView, NewForge } from '../../contract/contract.ts';
import { type RegisteredKind, registeredKinds, type SecretSource } from '../../domain/forge.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { withMoose } from '../flags.ts';
import { table } from '../table.ts';

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
    .description('the forges that have your pull requests: GitHub, Gitea, Forgejo, GitLab');
  addAdd(forges, context);
  forges
    .command('ls', { isDefault: true })
    .description('list registered forges, and how much of their limits is left')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const all = await moose.forges.list();
        face.print(all, () => linesOf(all));
      }),
    );
  forges
    .command('check [of]')
    .description('show what Moose may do in the repositories of a host or a project, and what is missing')
    .action(async (of: string | undefined, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const checks = await moose.forges.check(of);
        face.print(checks, () =>
          checks.length === 0 ? ['No project is on a registered forge yet.'] : checks.flatMap(checkLines),
        );
        if (checks.some(({ ok }) => !ok)) process.exitCode = exitCodes.failed;
      }),
    );
  forges
    .command('rm <host>')
    .description('remove a forge: its projects get local pull requests')
    .action(async (host: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const removed = await moose.forges.remove(host);
        face.print(removed, () => `Removed ${removed.removed}.`);
      }),
    );
}

function addAdd(forges: Command, context: CliContext): void {
  forges
    .command('add <host>')
    .description('register a forge, or change it; a credential is named, never stored')
    .addOption(
      new Option('--kind <kind>', 'what it is; gitea also for Forgejo')
        .choices(registeredKinds)
        .makeOptionMandatory(),
    )
    .option('--api <url>', 'the address of its API (default: the one that belongs to the host)')
    .option('--token-env <name>', 'the variable that has the token where Moose runs: MOOSE_FORGE_…')
    .option('--token-file <path>', 'the file that has the token where Moose runs (chmod 600)')
    .option('--gh', "use the login of GitHub's command line, gh")
    .option('--app-id <id>', 'the ID of a GitHub App')
    .option('--app-key-file <path>', 'the file that has the private key of the App (chmod 600)')
    .option('--webhook-secret-env <name>', 'the variable that has the secret of its webhooks')
    .action(async (host: string, options: AddFlags, command: Command) => {
      const credential = credentialOf(options);
      if (credential === null)
        command.error(
          'error: name one credential: --token-env, --token-file, --gh, or --app-id with --app-key-file',
        );
      const secret = options.webhookSecretEnv;
      const given: NewForge = {
        ...{ host, kind: options.kind, credential },
        ...(options.api === undefined ? {} : { api_url: options.api }),
        ...(secret === undefined ? {} : { webhook_secret: { source: 'env', name: secret } }),
      };
      await withMoose(context, command, async ({ moose }, face) => {
        const added = await moose.forges.add(given);
        face.print(added, () => [
          `Registered ${added.host}. Projects with a remote there get their pull requests there.`,
          `Next: moose forge check ${added.host}`,
        ]);
      });
    });
}

/** Null unless exactly one is named. */
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
    return ['No forges yet: pull requests are records of Moose. Register one with `moose forge add`.'];
  return table(
    ['HOST', 'KIND', 'CREDENTIAL', 'LIMIT LEFT', 'STATE'],
    all.map((each) => [
      ...[each.host, each.kind, credentialText(each.credential)],
      each.limit === null ? '–' : `${each.limit.remaining} of ${each.limit.total}`,
      each.paused_until === null
        ? 'in use'
        : `paused until ${each.paused_until.slice(11, 19)}: ${each.paused_because ?? ''}`,
    ]),
    widthMax,
  );
}

function credentialText(credential: ForgeHostView['credential']): string {
  if (credential.source === 'gh') return 'login of gh';
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
    ...(can.length > 0 ? [`  merges by: ${can.join(', ')}`] : []),
    ...(check.expires_at === null ? [] : [`  credential ends: ${check.expires_at.slice(0, 10)}`]),
    ...missing.map(({ name, is_for }) => `  missing: ${name}, ${is_for}`),
    ...(unknown.length > 0 ? [`  not told by the forge: ${unknown.join(', ')}`] : []),
    ...problems.map(({ message, advice }) => `  ${message} ${advice}`),
  ];
}
