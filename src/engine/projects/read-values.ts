// The values that apply to the next work order of a project, with their sources, as far as they are known before it
// starts.
import { daemonsOf } from '../../config-file/daemon-order.ts';
import type { ProjectValuesView } from '../../contract/contract.ts';
import type { Check } from '../../domain/check.ts';
import type { Daemon } from '../../domain/daemon.ts';
import { durationText } from '../../domain/duration.ts';
import { ConfigurationError, isMooseError, type MooseError } from '../../domain/failure.ts';
import { formatUsd, nanoOfUsd } from '../../domain/money.ts';
import { asSentence } from '../../domain/sentence.ts';
import { findChecks } from '../../finder/find-checks.ts';
import { baseCommit } from '../../git/base-branch.ts';
import { isThere } from '../../git/is-there.ts';
import { hasMirror } from '../../git/mirror.ts';
import { inspectRepository } from '../../git/repository.ts';
import { configAt } from '../policy/config-at.ts';
import { projectFilesAt } from '../policy/project-files-at.ts';
import { projectValues } from '../policy/project-values.ts';
import { nobody } from '../policy/settings/models.ts';
import type { ProjectHere } from '../run/project-here.ts';

export async function readValues(
  project: ProjectHere,
  {
    defaultAgent,
    reviewer: defaultReviewer,
    host,
  }: { defaultAgent: string; reviewer: string | null; host: string },
): Promise<ProjectValuesView> {
  const { settings } = project;
  const read = await orProblem(readCommit(project));
  const { commit, file = null, found = [] } = read.value ?? { commit: null };
  const { agent, model, reviewer, limitUsd, timeMs, setup, checks } = projectValues({
    ...{ project: settings, file: file?.value ?? null, found },
    defaults: { agent: defaultAgent, reviewer: defaultReviewer },
  });
  const { environment, files, base, egress } = file?.value ?? {};
  const ofFile = Object.entries({ environment, files, base, egress });
  const daemons = daemonsOf(file?.value ?? {});
  return {
    commit,
    problem: read.problem ?? file?.problem ?? null,
    here: { host, path: project.repositoryPath, is_there: await isThere(project.repositoryPath) },
    values: [
      { key: 'agent', ...agent },
      { key: 'model', value: model.value ?? 'by difficulty', source: model.source },
      { key: 'reviewer', value: reviewer.value ?? nobody, source: reviewer.source },
      {
        key: 'limit',
        value: limitUsd.value === null ? 'by difficulty' : formatUsd(nanoOfUsd(limitUsd.value)),
        source: limitUsd.source,
      },
      { key: 'time', value: durationText(timeMs.value), source: timeMs.source },
      { key: 'setup', value: commandsText(setup.value), source: setup.source },
      { key: 'checks', value: commandsText(checks.value), source: checks.source },
      ...ofFile
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ({ key, value: JSON.stringify(value), source: 'file' as const })),
      ...(daemons.length === 0
        ? []
        : [{ key: 'services', value: daemonsText(daemons), source: 'file' as const }]),
    ],
  };
}

async function readCommit(project: ProjectHere) {
  const { repositoryPath } = project;
  const commit = await startOf(project);
  return {
    commit,
    file: await orProblem(configAt(repositoryPath, commit)),
    found: findChecks(await projectFilesAt(repositoryPath, commit)),
  };
}

/** The commit where the next change would start, as far as this machine knows: a mirror is as old as its last fetch. */
async function startOf({ repositoryPath: path, settings, ...project }: ProjectHere): Promise<string> {
  const { remoteUrl, defaultBranch } = project;
  if (remoteUrl !== null && !(await hasMirror(path))) throw notFetched(remoteUrl);
  const branch = settings.base ?? defaultBranch;
  if (branch === null) return (await inspectRepository(path)).headSha;
  return baseCommit({ path, branch, remote: remoteUrl ?? undefined });
}

function notFetched(remoteUrl: string): ConfigurationError {
  return new ConfigurationError({
    code: 'MIRROR_MISSING',
    component: 'projects',
    operation: 'read values',
    message: `This machine has not fetched ${remoteUrl} yet.`,
    advice: 'The first work order that it takes up fetches it.',
  });
}

/** The repository may be on another machine, or its file invalid: the rest is still shown. */
async function orProblem<Value>(
  asked: Promise<Value>,
): Promise<{ value: Value; problem: null } | { value: null; problem: string }> {
  try {
    return { value: await asked, problem: null };
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    return { value: null, problem: problemText(cause) };
  }
}

function problemText({ message, advice }: MooseError): string {
  return `${asSentence(message)} ${advice ?? ''}`.trim();
}

function daemonsText(daemons: readonly Daemon[]): string {
  return daemons.map(({ name, command }) => `${name}: ${command}`).join(' · ');
}

function commandsText(checks: readonly Check[]): string {
  return (
    checks.map(({ kind, command }) => (kind === 'setup' ? command : `${kind}: ${command}`)).join(' · ') ||
    'none'
  );
}
