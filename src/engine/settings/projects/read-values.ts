// The values that apply to the next work order of a project, with their sources, as far as they are known in advance.
import { daemonsOf } from '../../../config-file/daemon-order.ts';
import type { ProjectValuesView } from '../../../contract/contract.ts';
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import type { MergePolicy } from '../../../domain/forge/merge-policy.ts';
import type { Daemon } from '../../../domain/machine/daemon.ts';
import { isUnconfirmed, unconfirmedHosts } from '../../../domain/machine/egress-consent.ts';
import { formatUsd, nanoOfUsd } from '../../../domain/money.ts';
import { durationText } from '../../../domain/text/duration.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import type { TogetherMode } from '../../../domain/work-order/together.ts';
import { findChecks } from '../../../finder/find-checks.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { defaultLimitUsd } from '../../policy/agent-defaults.ts';
import { configAt } from '../../policy/config-at.ts';
import { projectFilesAt } from '../../policy/project-files-at.ts';
import { projectValues } from '../../policy/project-values.ts';
import { nobody } from '../../policy/settings/models.ts';
import { findAssets } from '../../run/assets/find-assets.ts';
import { findCopiedFiles, likelySecretsIn, shownFiles } from '../../run/copied-files.ts';
import { nextStart } from '../../run/next-start.ts';
import type { ProjectHere } from '../../run/project-here.ts';

/** Null: the project has no setup. */
export type AskPrepared = (project: ProjectHere, commit: string) => Promise<ProjectValuesView['prepared']>;

export interface ReadValuesDeps {
  defaultAgent: string;
  reviewer: string | null;
  merge: MergePolicy;
  together: TogetherMode;
  host: string;
  prepared?: AskPrepared | undefined;
}

export async function readValues(
  project: ProjectHere,
  {
    defaultAgent,
    reviewer: defaultReviewer,
    merge: defaultMerge,
    together: defaultTogether,
    host,
    prepared,
  }: ReadValuesDeps,
): Promise<ProjectValuesView> {
  const { settings } = project;
  const read = await orProblem(readCommit(project));
  const { commit, base = null, file = null, found = [] } = read.value ?? { commit: null };
  const {
    agent,
    model,
    reviewer,
    limitUsd,
    timeMs,
    setup,
    checks,
    services,
    merge,
    verify,
    together,
    image,
  } = projectValues({
    project: settings,
    file: file?.value ?? null,
    found,
    defaults: {
      agent: defaultAgent,
      reviewer: defaultReviewer,
      merge: defaultMerge,
      together: defaultTogether,
    },
  });
  const { environment, egress } = file?.value ?? {};
  const ofFile = Object.entries({ environment, egress });
  const unconfirmed = unconfirmedHosts(file?.value ?? {}, settings);
  const daemons = daemonsOf({ services: services.value });
  const copied = commit === null ? null : await orProblem(copiedAt(project, commit));
  const kept = commit === null || !prepared ? null : await orProblem(prepared(project, commit));
  return {
    commit,
    problem: read.problem ?? file?.problem ?? copied?.problem ?? kept?.problem ?? null,
    files: copied?.value?.told ?? null,
    unconfirmed_hosts: isUnconfirmed(unconfirmed) ? unconfirmed : null,
    assets: commit === null ? null : await assetsAt(project, commit, agent.value),
    prepared: kept?.value ?? null,
    here: { host, path: project.repositoryPath, is_there: await isThere(project.repositoryPath) },
    values: [
      ...(base === null ? [] : [{ key: 'base', ...base }]),
      { key: 'agent', ...agent },
      { key: 'model', value: model.value ?? 'by difficulty', source: model.source },
      { key: 'reviewer', value: reviewer.value ?? nobody, source: reviewer.source },
      {
        key: 'limit',
        value: limitUsd.value === null ? limitText(agent.value) : formatUsd(nanoOfUsd(limitUsd.value)),
        source: limitUsd.source,
      },
      { key: 'time', value: durationText(timeMs.value), source: timeMs.source },
      { key: 'setup', value: commandsText(setup.value), source: setup.source },
      { key: 'checks', value: commandsText(checks.value), source: checks.source },
      { key: 'merge', ...merge },
      { key: 'verify', ...verify },
      { key: 'together', ...together },
      { key: 'image', value: image.value ?? 'none: the programs of the machine', source: image.source },
      ...ofFile
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ({ key, value: JSON.stringify(value), source: 'file' as const })),
      ...loginRow(settings),
      ...hostRows(settings),
      ...(settings.labels === undefined
        ? []
        : [{ key: 'labels', value: settings.labels.join(', '), source: 'project' as const }]),
      ...(copied?.value ? [copied.value.row] : []),
      ...(daemons.length === 0
        ? []
        : [{ key: 'services', value: daemonsText(daemons), source: services.source }]),
    ],
  };
}

/** The limit that applies if nobody sets one. */
function limitText(agent: string): string {
  const byDefault = defaultLimitUsd(agent);
  return byDefault === null ? 'by difficulty' : `grows up to ${formatUsd(nanoOfUsd(byDefault))}`;
}

/** Only hosts that a person has granted apply; the file only asks for them. */
function hostRows({ agent_hosts, private_hosts }: ProjectHere['settings']) {
  return Object.entries({ agent_hosts, private_hosts }).flatMap(([key, hosts]) =>
    hosts === undefined ? [] : [{ key, value: hosts.join(', ') || 'none', source: 'project' as const }],
  );
}

const loginWords = { use: 'agents use your login', never: 'agents use a key' } as const;

/** None if no person has decided. */
function loginRow({ login }: ProjectHere['settings']) {
  return login === undefined ? [] : [{ key: 'login', value: loginWords[login], source: 'project' as const }];
}

async function readCommit(project: ProjectHere) {
  const { repositoryPath } = project;
  const { commit, base } = await nextStart(project);
  return {
    commit,
    base,
    file: await orProblem(configAt(repositoryPath, commit)),
    found: findChecks(await projectFilesAt(repositoryPath, commit)),
  };
}

/** What an agent gets from this commit, if the project is trusted. */
async function assetsAt({ repositoryPath }: ProjectHere, commit: string, agent: string) {
  const { instructions, skills, servers, leftOut } = await findAssets(repositoryPath, commit, { agent });
  return {
    instructions: [...instructions.keys()],
    skills: skills.map(({ name }) => name),
    servers: servers.map(({ name }) => name),
    left_out: leftOut,
  };
}

/** The files that would be copied now, with notes for people. */
async function copiedAt(project: ProjectHere, commit: string) {
  const copied = await findCopiedFiles({ project, commit });
  if (copied === null) return null;
  const { names, total, leftOut, problem } = shownFiles(copied);
  const { namedBy, source } = copied;
  return {
    row: { key: 'files', value: `${total} of the checkout, named by ${namedBy}`, source },
    told: { names, total, left_out: leftOut, problem, likely_secrets: await likelySecretsIn(copied) },
  };
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
