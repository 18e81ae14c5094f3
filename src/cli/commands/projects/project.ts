import type { Command } from 'commander';
import type { Project, ProjectValuesView } from '../../../contract/contract.ts';
import {
  changeProject,
  createProject,
  listProjects,
  removeProject,
  showProject,
  showProjectValues,
} from '../../../contract/operations/projects.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import { needsPerson } from '../../../domain/project-settings/project-settings.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { changeGiven, type GivenOptions, projectOptions, withHosts } from '../../input/project-options.ts';
import { repositoryOf } from '../../input/repository-of.ts';
import { assetLines, fileLines, hostLines, preparedLines, valueLines } from '../../lines/project-lines.ts';
import { settingLines } from '../../lines/project-setting-lines.ts';
import { confirmByPerson } from '../../terminal/confirm.ts';
import { table } from '../../terminal/table.ts';
import { addProjectVariable } from './project-variable.ts';

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
      withMoose(context, command, async ({ ask }, printer) => {
        const { items: all } = await ask(listProjects);
        printer.print(all, () => listLines(all));
      }),
    );
  projects
    .command('show <name>')
    .description('show one project: its repository, base branch, limit, agent and checks')
    .action(async (name: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const project = await ask(showProject, { params: { id: name } });
        const values = await ask(showProjectValues, { params: { id: name } });
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
  addSet(projects, context);
  addRemove(projects, context);
  addProjectVariable(projects, context);
}

function addSet(projects: Command, context: CliContext): void {
  const set = projects
    .command('set <name>')
    .description('change the settings of a project; they apply from the next step of its work orders');
  for (const option of projectOptions()) set.addOption(option);
  set
    .option('--confirm-hosts', 'confirm the hosts that .moose/config.yml currently asks for')
    .action(async (name: string, options: GivenOptions, command: Command) => {
      const given = await changeGiven(options, context.signal);
      if (Object.keys(options).length === 0)
        command.error('error: nothing to set: give an option, such as --limit or --check');
      await withMoose(context, command, async ({ ask }, printer) => {
        const now = await ask(showProject, { params: { id: name } });
        const values = options.confirmHosts ? await ask(showProjectValues, { params: { id: name } }) : null;
        const change = withHosts(given, now, values?.unconfirmed_hosts ?? null);
        if (values?.unconfirmed_hosts === null)
          printer.note(values.problem ?? 'Every host that its file asks for is already confirmed.');
        const what = needsPerson(now, change);
        if (what !== null) await confirmByPerson(what, context.signal);
        const project = await ask(changeProject, { params: { id: name }, body: change });
        printer.print(project, () => oneLines(project));
      });
    });
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
        async ({ ask, server }, printer) => {
          const added = await ask(createProject, {
            body: { repository: repositoryOf(given, server), ...options },
          });
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
      withMoose(context, command, async ({ ask }, printer) => {
        const removed = await ask(removeProject, { params: { id: name } });
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
  return [`${project.name}  ${placeText(project)}`, ...settingLines(project, values)];
}

type Place = Pick<Project, 'repository_path' | 'remote_url'>;

const placeText = ({ repository_path, remote_url }: Place) => repository_path ?? remote_url ?? '';

function usdText(usd: number | null): string {
  return usd === null ? '' : formatUsdNumber(usd);
}
