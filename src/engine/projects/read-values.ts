// What holds for the next work order of a project, and who said so, as far as it can be known before it starts.
import type { ProjectValuesView } from '../../contract/contract.ts';
import type { Check } from '../../domain/check.ts';
import { durationText } from '../../domain/duration.ts';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { formatUsd, nanoOfUsd } from '../../domain/money.ts';
import { findChecks } from '../../finder/find-checks.ts';
import { inspectRepository } from '../../git/repository.ts';
import type { Project } from '../../store/work/projects.ts';
import { configAt } from '../policy/config-at.ts';
import { projectFilesAt } from '../policy/project-files-at.ts';
import { projectValues } from '../policy/project-values.ts';

export async function readValues(project: Project, defaultAgent: string): Promise<ProjectValuesView> {
  const { repositoryPath, settings } = project;
  const read = await orProblem(readCommit(repositoryPath));
  const { commit, file = null, found = [] } = read.value ?? { commit: null };
  const { agent, model, limitUsd, timeMs, setup, checks } = projectValues({
    ...{ project: settings, file: file?.value ?? null, found },
    defaults: { agent: defaultAgent },
  });
  const { environment, files, base, reviewer, egress, services } = file?.value ?? {};
  const ofFile = Object.entries({ environment, files, base, reviewer, egress, services });
  return {
    commit,
    problem: read.problem ?? file?.problem ?? null,
    values: [
      { key: 'agent', ...agent },
      { key: 'model', value: model.value ?? 'by difficulty', source: model.source },
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
    ],
  };
}

async function readCommit(repositoryPath: string) {
  const { headSha } = await inspectRepository(repositoryPath);
  return {
    commit: headSha,
    file: await orProblem(configAt(repositoryPath, headSha)),
    found: findChecks(await projectFilesAt(repositoryPath, headSha)),
  };
}

/** The repository may be on another machine, or its file broken: the rest is shown all the same. */
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
  return `${message} ${advice ?? ''}`.trim();
}

function commandsText(checks: readonly Check[]): string {
  return (
    checks.map(({ kind, command }) => (kind === 'setup' ? command : `${kind}: ${command}`)).join(' · ') ||
    'none'
  );
}
