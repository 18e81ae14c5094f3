// Checks whether this machine can work on each project: it has the repository, or reaches its remote.

import { assetsText, withoutInstructions } from '../../domain/agents/agent-assets.ts';
import { isMooseError } from '../../domain/failure.ts';
import { findAssets } from '../../engine/run/assets/find-assets.ts';
import { findCopiedFiles, likelySecretsIn, shownName } from '../../engine/run/copied-files.ts';
import { nextStart } from '../../engine/run/next-start.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { filtersNamedIn, lfsFilter, runFilters } from '../../git/commit/filter-names.ts';
import { assertRepository } from '../../git/refs/repository.ts';
import { remoteHead } from '../../git/remote/remote-head.ts';
import type { ListedProject } from '../../store/connection/read-once.ts';
import { subtasks } from './subtasks.ts';
import { verifyLevel } from './verify-level.ts';

/** Checking more projects would take too long. */
export const diagnosedMax = 20;
const probeMs = 15_000;

export async function diagnoseProjects(projects: readonly ListedProject[]): Promise<Diagnosis[]> {
  const found = await Promise.all(
    projects.map(async (each) => {
      const rows = [await diagnose(each)];
      for (const look of [files, filters, assets, instructions, verifyLevel, subtasks]) {
        const row = await unlessUnknown(() => look(each));
        if (row) rows.push(row);
      }
      return rows;
    }),
  );
  return found.flat();
}

/** Null if it cannot be determined on this machine: then another row, or the work order, says what is wrong. */
async function unlessUnknown(look: () => Promise<Diagnosis | null>): Promise<Diagnosis | null> {
  try {
    return await look();
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    return null;
  }
}

const namesMax = 5;

/** Null if no file is copied, or if that is unknown: then another check or the work order reports the project. */
async function files({ repositoryPath, ...rest }: ListedProject): Promise<Diagnosis | null> {
  if (repositoryPath === null) return null;
  const project = { ...rest, repositoryPath };
  const { commit } = await nextStart(project);
  const copied = await findCopiedFiles({ project, commit });
  if (copied === null || copied.files.length === 0) return null;
  const name = `files of ${rest.name}`;
  const found = `${listed(copied.files.map(({ path }) => shownName(path)))} are copied into worktrees, where agents can read them`;
  const secrets = await likelySecretsIn(copied);
  if (secrets.length === 0) return { name, state: 'ok', found, advice: null };
  const advice = `${listed(secrets)} may hold secrets. Put the secrets into variables (\`moose project variable set\`), which an agent gets only by name, or stop the copying with \`moose project set ${rest.name} --file none\`.`;
  return { name, state: 'warning', found, advice };
}

/** Null if the repository has no filters, or if that is unknown. */
async function filters({ repositoryPath, ...rest }: ListedProject): Promise<Diagnosis | null> {
  if (repositoryPath === null) return null;
  const { commit } = await nextStart({ ...rest, repositoryPath });
  const named = await filtersNamedIn(repositoryPath, commit, {});
  if (named.length === 0) return null;
  const run = await runFilters(repositoryPath, rest.settings.filters ?? [], {});
  const left = named.filter((name) => !run.has(name));
  const name = `filters of ${rest.name}`;
  if (left.length === 0) return { name, state: 'ok', found: `Moose runs ${listed(named)}`, advice: null };
  const found = `Moose does not run ${listed(left)}: a change of a file that git filters with it is refused`;
  const flags = left.map((each) => `--filter ${each}`).join(' ');
  const advice = left.includes(lfsFilter)
    ? 'Install git-lfs, and run `git lfs install` as the user of Moose.'
    : `If it is set up in the repository, let Moose run it: \`moose project set ${rest.name} ${flags}\`.`;
  return { name, state: 'warning', found, advice };
}

/** Null if the project is not trusted, or if that cannot be determined on this machine. */
async function assets({ repositoryPath, ...rest }: ListedProject): Promise<Diagnosis | null> {
  if (rest.settings.trusted !== true) return null;
  const name = `agents of ${rest.name}`;
  const what = 'trusted: agents get what its base commit has for them';
  if (repositoryPath === null) return { name, state: 'ok', found: what, advice: null };
  const { commit } = await nextStart({ ...rest, repositoryPath });
  const { instructions, skills, servers, leftOut } = await findAssets(repositoryPath, commit);
  const given = {
    instructions: [...instructions.keys()],
    leftOut,
    skills: skills.map((each) => each.name),
    servers: servers.map((each) => each.name),
  };
  const found = `${what}: ${assetsText(given)}`;
  if (leftOut.length === 0) return { name, state: 'ok', found, advice: null };
  const advice = `See \`moose project show ${rest.name}\`.`;
  return { name, state: 'warning', found, advice };
}

/** Null if the repository has instructions for agents, or if that is unknown. */
async function instructions({ repositoryPath, ...rest }: ListedProject): Promise<Diagnosis | null> {
  if (repositoryPath === null) return null;
  const { commit } = await nextStart({ ...rest, repositoryPath });
  const found = await findAssets(repositoryPath, commit);
  if (found.instructions.size > 0) return null;
  return { name: `instructions of ${rest.name}`, state: 'warning', ...withoutInstructions };
}

function listed(names: readonly string[]): string {
  const more = names.length > namesMax ? ` and ${names.length - namesMax} more` : '';
  return `${names.slice(0, namesMax).join(', ')}${more}`;
}

async function diagnose({ name: project, repositoryPath, remoteAddress }: ListedProject): Promise<Diagnosis> {
  const name = `project ${project}`;
  const place = repositoryPath ?? remoteAddress ?? '';
  try {
    if (repositoryPath !== null) await assertRepository(repositoryPath);
    else await remoteHead(place, { timeoutMs: probeMs });
    return { name, state: 'ok', found: place, advice: null };
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    // Only a warning, because another machine may do the project's work.
    return { name, state: 'warning', found: `${place}: ${cause.message}`, advice: cause.advice ?? null };
  }
}
