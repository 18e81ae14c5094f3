import { type Command, Option } from 'commander';
import type { Project, ProjectValuesView } from '../../../contract/contract.ts';
import type { MergePolicy } from '../../../domain/forge/merge-policy.ts';
import type { LearningMode } from '../../../domain/learning/learning-mode.ts';
import { formatUsdNumber, usdNumber } from '../../../domain/money.ts';
import type { TogetherMode } from '../../../domain/work-order/together.ts';
import type { ProjectChange } from '../../../engine/settings/projects/ask-projects.ts';
import { needsPerson } from '../../../engine/settings/projects/person-only.ts';
import { parseCheck } from '../../../engine/workplace/checks/parse-check.ts';
import type { CliContext } from '../../context.ts';
import { directorChange, directorLines, directorOption } from '../../input/director-limits.ts';
import { parseDuration } from '../../input/durations.ts';
import { withMoose } from '../../input/flags.ts';
import { noneOr, nothing } from '../../input/none-or.ts';
import { parseLimit } from '../../input/parse-limit.ts';
import { agentHostOption, hostChange, privateHostOption } from '../../input/project-hosts.ts';
import { repositoryOf } from '../../input/repository-of.ts';
import {
  assetLines,
  baseText,
  fileLines,
  hostLines,
  preparedLines,
  valueLines,
} from '../../lines/project-lines.ts';
import { confirmByPerson } from '../../terminal/confirm.ts';
import { table } from '../../terminal/table.ts';
import {
  commandChange,
  commandOptions,
  filesOf,
  filterOption,
  intakeChange,
  learningOption,
  learningText,
  mergeOption,
  namespaceOptions,
  sessionsChange,
  submoduleOptions,
  subtasksOption,
  subtasksText,
  togetherOption,
  verifyOption,
} from './project-change.ts';
import { addProjectVariable } from './project-variable.ts';

interface SetFlags {
  owner?: string;
  limit?: string;
  agent?: string;
  base?: string;
  model?: string;
  workOrderLimit?: string;
  timeLimit?: string;
  check?: string[];
  file?: string[];
  agentHost?: string[];
  privateHost?: string[];
  confirmHosts?: true;
  label?: string[];
  allowCi?: boolean;
  trusted?: boolean;
  userNamespaces?: boolean;
  submodules?: boolean;
  subtasks?: string;
  intake?: string | boolean;
  forgeProgram?: string[];
  filter?: string[];
  merge?: string;
  together?: string;
  image?: string;
  login?: string;
  director?: string[];
  learning?: LearningMode;
  verify?: string;
  reviewer?: string;
  setup?: string[];
  services?: string;
}

const widthMax = 160;
export function addProject(program: Command, context: CliContext): void {
  const projects = program
    .command('project')
    .description('add, show, change and remove projects: the repositories that Moose works on');
  addAdd(projects, context);
  projects
    .command('ls', { isDefault: true })
    .description('list projects, most recently used first')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const all = await moose.projects.list();
        printer.print(all, () => listLines(all));
      }),
    );
  projects
    .command('show <name>')
    .description('show one project: its repository, base branch, limit, agent and checks')
    .action(async (name: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const project = await moose.projects.one(name);
        const values = await moose.projects.values(name);
        printer.print({ ...project, values }, () => [
          ...oneLines(project, values),
          ...valueLines(values),
          ...hostLines(project, values),
          ...fileLines(values),
          ...assetLines(project, values),
          ...preparedLines(values),
        ]);
      }),
    );
  projects
    .command('set <name>')
    .description('change the settings of a project; they apply from the next step of its work orders')
    .option(
      '--limit <usd>',
      'maximum total cost of the work orders of the project, counted from when the limit is first set; "none" removes it',
    )
    .option('--base <branch>', 'branch that changes start from; "none": the default one')
    .option('--agent <name>', 'agent for work orders that do not specify one; "none": the default')
    .option('--model <provider/model>', 'model for work orders that do not specify one; "none" removes it')
    .option(
      '--work-order-limit <usd>',
      'maximum cost of a work order without a limit of its own; "none" removes it',
    )
    .option('--time-limit <duration>', 'time limit of the agent, e.g. 45m; "none" removes it')
    .option(
      '--check <kind=command>',
      'a check that every change must pass, e.g. test=\'npm test\'; repeatable; "none": those of the repository',
      (one: string, all: string[] = []) => [...all, one],
    )
    .option(
      '--file <pattern>',
      'files that git ignores to copy from the checkout into worktrees, where agents can read them; repeatable; "none": no file; "repository": the files that the repository lists',
      (one: string, all: string[] = []) => [...all, one],
    )
    .option(...agentHostOption)
    .option(...privateHostOption)
    .option(
      '--label <key=value>',
      'only machines with this label run the work orders of the project (`moose worker --label`); repeatable; "none": any machine',
      (one: string, all: string[] = []) => [...all, one],
    )
    .option(
      '--intake [label]',
      'turn issues with this label into work orders (default: moose) if somebody with write access added the label',
    )
    .option('--no-intake', 'do not turn issues into work orders')
    .option(
      '--forge-program <login>',
      'program whose reviews count if it has write access, such as renovate[bot]; repeatable; "none": no program',
      (one: string, all: string[] = []) => [...all, one],
    )
    .option(...filterOption)
    .option(
      '--image <image>',
      'container image in which the project\'s agents, setup, checks and services run, e.g. node:24; "none" for no image; "repository" for the one in .moose/config.yml',
    )
    .addOption(
      new Option(
        '--login <wish>',
        'whether agents of the project use your login where possible: use, or never; "default": use the setting settings.agents.logins',
      ).choices(['use', 'never', 'default']),
    )
    .option(...directorOption)
    .addOption(learningOption())
    .option(
      '--owner <person>',
      'who gets questions about the project, unless a person submitted the work order; "none": the person on call',
    )
    .option('--confirm-hosts', 'confirm the hosts that .moose/config.yml currently asks for')
    .option('--allow-ci', 'allow changes to touch CI and hook configuration')
    .option('--no-allow-ci', 'do not allow changes to touch CI and hook configuration')
    .option(
      '--trusted',
      'give agents everything that the base commit has for them: instructions in any folder, skills, and servers (.mcp.json)',
    )
    .addOption(mergeOption())
    .addOption(verifyOption())
    .addOption(togetherOption())
    .addOption(namespaceOptions.allow)
    .addOption(namespaceOptions.forbid)
    .addOption(subtasksOption())
    .addOption(submoduleOptions.fill)
    .addOption(submoduleOptions.leave)
    .option('--no-trusted', 'give agents only the instructions at the root of the repository')
    .addOption(commandOptions.reviewer)
    .addOption(commandOptions.setup)
    .addOption(commandOptions.services)
    .action(async (name: string, options: SetFlags, command: Command) => {
      const given = { ...changeOf(options), ...(await commandChange(options, context.signal)) };
      if (Object.keys(options).length === 0)
        command.error('error: nothing to set: give an option, such as --limit or --check');
      await withMoose(context, command, async ({ moose }, printer) => {
        const now = await moose.projects.one(name);
        const values = options.confirmHosts ? await moose.projects.values(name) : null;
        const change = { ...given, ...hostChange(now, options, values) };
        if (values?.unconfirmed_hosts === null)
          printer.note(values.problem ?? 'Every host that its file asks for is already confirmed.');
        const what = needsPerson(now, change);
        if (what !== null) await confirmByPerson(what, context.signal);
        const project = await moose.projects.change(name, change);
        printer.print(project, () => oneLines(project));
      });
    });
  addRemove(projects, context);
  addProjectVariable(projects, context);
}

function addAdd(projects: Command, context: CliContext): void {
  projects
    .command('add <path|url>')
    .description('add a repository: a remote, of which each machine keeps a mirror, or one on this machine')
    .option('--name <name>', 'what to call it (default: the name of the repository)')
    .option(
      '--base <branch>',
      "branch that changes start from (default: the remote's own, or what is checked out)",
    )
    .action(async (given: string, options: { name?: string; base?: string }, command: Command) =>
      withMoose(
        context,
        command,
        async ({ moose, server }, printer) => {
          const added = await moose.projects.add({ repository: repositoryOf(given, server), ...options });
          for (const warning of added.warnings) printer.note(`Note: ${warning}`);
          printer.print(added, () => oneLines(added.project));
        },
        'prepare',
      ),
    );
}

function addRemove(projects: Command, context: CliContext): void {
  projects
    .command('rm <name>')
    .description('remove a project whose work orders have all ended from the list; its history stays')
    .action(async (name: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const removed = await moose.projects.remove(name);
        printer.print(removed, () => [
          `Removed ${removed.name}: it is no longer listed and takes no new work orders.`,
          ...removed.kept.map((line) => `  kept: ${line}`),
          ...(removed.variables_deleted > 0
            ? [`  deleted: its ${removed.variables_deleted} variables and secrets`]
            : []),
        ]);
      }),
    );
}

function changeOf(flags: SetFlags): ProjectChange {
  const { limit, agent, base, check, file, allowCi, trusted, ...rest } = flags;
  const { model, workOrderLimit, timeLimit, merge, together } = rest;
  const unless = <Value>(text: string | undefined, read: (text: string) => Value) =>
    text === undefined || text === nothing ? null : read(text);
  return {
    ...(model === undefined ? {} : { model: unless(model, (text) => text) }),
    ...(workOrderLimit === undefined
      ? {}
      : { workOrderLimitUsd: unless(workOrderLimit, (text) => usdNumber(parseLimit(text))) }),
    ...(timeLimit === undefined ? {} : { timeLimitMs: unless(timeLimit, parseDuration) }),
    ...(limit === undefined ? {} : { limitNanoUsd: limit === nothing ? null : parseLimit(limit) }),
    ...(base === undefined ? {} : { base: base === nothing ? null : base }),
    ...(agent === undefined ? {} : { agent: agent === nothing ? null : agent }),
    ...(check === undefined ? {} : { checks: noneOr('--check', check)?.map(parseCheck) ?? null }),
    ...(file === undefined ? {} : { files: filesOf(file) }),
    ...(allowCi === undefined ? {} : { allowCiChanges: allowCi }),
    ...(trusted === undefined ? {} : { trusted }),
    ...(rest.owner === undefined ? {} : { owner: unless(rest.owner, (text) => text) }),
    ...(merge === undefined ? {} : { merge: unless(merge, (text) => text as MergePolicy) }),
    ...(together === undefined ? {} : { together: unless(together, (text) => text as TogetherMode) }),
    ...intakeChange(rest),
    ...sessionsChange(rest),
    ...directorChange(rest.director),
    ...(rest.label === undefined ? {} : { labels: noneOr('--label', rest.label) }),
  };
}

function listLines(projects: readonly Project[]): string[] {
  if (projects.length === 0)
    return [
      'No projects yet. Add one with `moose project add PATH|URL`; `moose run "TITLE" --repo PATH|URL` adds it automatically.',
    ];
  return table(
    ['NAME', 'WORK ORDERS', 'LIMIT', 'USED', 'AGENT', 'REPOSITORY'],
    projects.map(({ name, work_orders, limit_usd, used_usd, agent, ...place }) => [
      ...[name, String(work_orders), usdText(limit_usd), limit_usd === null ? '' : usdText(used_usd ?? 0)],
      ...[agent ?? '', placeText(place)],
    ]),
    widthMax,
  );
}

function oneLines(project: Project, values?: ProjectValuesView): string[] {
  const { name, limit_usd, used_usd, agent, checks, allow_ci_changes, trusted } = project;
  const used = limit_usd === null ? '' : `, ${usdText(used_usd ?? 0)} used`;
  return [
    `${name}  ${placeText(project)}`,
    `  base        ${baseText(project, values)}`,
    `  limit       ${limit_usd === null ? 'none' : usdText(limit_usd)}${used}`,
    `  agent       ${agent ?? 'the default'}`,
    `  checks      ${checks === null ? 'those of the repository' : checks.map(({ kind, command }) => `${kind}: ${command}`).join(' · ')}`,
    `  reviewer    ${project.reviewer ?? 'the one in .moose/config.yml or the settings'}`,
    `  verify      ${project.verify ?? 'as .moose/config.yml says, otherwise standard'}`,
    `  setup       ${ownText(project.setup)}`,
    `  services    ${ownText(project.services && Object.keys(project.services))}`,
    `  labels      ${project.labels?.join(', ') ?? 'none: any machine runs its work orders'}`,
    `  CI, hooks   ${allow_ci_changes ? 'changes allowed' : 'changes not allowed'}`,
    `  issues      ${project.intake_label === null ? 'not taken' : `with the label ${project.intake_label} become work orders`}`,
    `  owner       ${project.owner ?? 'none: whoever is on call gets its questions'}`,
    `  filters     ${project.filters?.join(', ') ?? 'none of its own configuration'}`,
    `  namespaces  ${project.user_namespaces ? 'programs in its sessions may create some' : 'programs in its sessions may not create any'}`,
    `  sub-tasks   ${subtasksText(project)}`,
    `  submodules  ${project.submodules ? 'filled by Moose' : 'left to the setup'}`,
    `  image       ${project.image ?? 'the one in .moose/config.yml, or none'}`,
    `  login       ${project.login ?? 'as settings.agents.logins says'}`,
    ...directorLines(project),
    `  learning    ${values?.values.find(({ key }) => key === 'learning')?.value ?? learningText(project)}`,
    `  trusted     ${trusted ? 'yes: agents get the instructions, skills and servers of its base commit' : 'no'}`,
  ];
}

/** What is set for the project itself. */
function ownText(names: readonly string[] | null): string {
  if (names === null) return 'those of the repository';
  return names.length === 0 ? 'none' : names.join(' · ');
}

type Place = Pick<Project, 'repository_path' | 'remote_url'>;

const placeText = ({ repository_path, remote_url }: Place) => repository_path ?? remote_url ?? '';

function usdText(usd: number | null): string {
  return usd === null ? '' : formatUsdNumber(usd);
}
