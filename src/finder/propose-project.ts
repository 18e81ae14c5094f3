// What Moose proposes for a project: setup and checks, each with the file that it comes from and the reason (R-PROJ-2).

import { redact } from '../domain/text/redact.ts';
import { type Check, checkKinds } from '../domain/work-order/check.ts';
import { type CheckCandidate, normalizeCommand, withoutDuplicates } from './checks/candidate.ts';
import { nodeProposals } from './checks/node.ts';
import { proposedChecks } from './checks/proposals.ts';
import { enterEnvironment, environmentChecks, environmentFiles } from './checks/python-environment.ts';
import { taskChecks } from './checks/task-runners.ts';
import { type CiCommand, ciCommands } from './ci/workflows.ts';
import { certainChecks } from './find-checks.ts';
import { filesIn, inFolder, nestedProjects } from './nested-projects.ts';
import type { ProjectFiles } from './project-files.ts';

export interface ProposedCommand extends Check {
  /** The reason, for a person. */
  why: string;
  /** True if Moose uses the command even without a project file. */
  isCertain: boolean;
  /** For a setup: the files that its result depends on. */
  dependsOn: readonly string[];
  /** The place where CI runs the same command. */
  ranInCi: string | null;
}

const proposedMax = 40;

/** In the order of `checkKinds`: setup first. */
export function proposeProject(files: ProjectFiles): ProposedCommand[] {
  const ci = ciCommands(files);
  const folders = new Set(['', ...nestedProjects(files), ...ci.map(({ folder }) => folder)]);
  return (
    [...folders]
      .flatMap((folder) => {
        const found = inOneFolder(filesIn(files, folder), folder, ci);
        return isForPagesOnly(folder, found) ? [] : found;
      })
      // A project file that contains a secret would be refused.
      .filter(({ command }) => redact(command) === command)
      .sort((a, b) => checkKinds.indexOf(a.kind) - checkKinds.indexOf(b.kind))
      .slice(0, proposedMax)
  );
}

/** What a folder of documents needs to be built as pages is installed only if a check, or CI, works there. */
function isForPagesOnly(folder: string, found: readonly ProposedCommand[]): boolean {
  const isOfDocuments = /(?:^|\/)(?:docs?|documentation|website)$/i.test(folder);
  return isOfDocuments && found.every(({ kind, ranInCi }) => kind === 'setup' && ranInCi === null);
}

function inOneFolder(files: ProjectFiles, folder: string, ci: readonly CiCommand[]): ProposedCommand[] {
  const ofCi = ci.filter((each) => each.folder === folder).map((each) => candidateOf(files, each));
  const certain = certainChecks(files);
  const found = [
    ...certain,
    ...nodeProposals(files),
    ...taskChecks(files),
    ...environmentChecks(files),
    ...proposedChecks(files),
  ];
  const isOfCi = (candidate: CheckCandidate) => ofCi.some(({ isSame }) => isSame(candidate.command));
  const fresh = ofCi.filter(({ candidate }) => !found.some((each) => each.command === candidate.command));
  const kept = withoutDuplicates([
    ...found.filter((each) => each.guess === undefined || isOfCi(each) || !isReplaced(each, ofCi)),
    ...fresh
      .filter(({ isSame }) => !found.some(({ command }) => isSame(command)))
      .map(({ candidate }) => candidate),
  ]);
  return kept.map((candidate) => {
    const { kind, command, source } = candidate;
    const ranInCi = ofCi.find(({ isSame }) => isSame(command))?.candidate.source ?? null;
    const place = folder === '' || candidate.source.startsWith('.github/') ? source : `${folder}/${source}`;
    return {
      kind,
      command: inFolder(folder, command),
      source: place,
      ranInCi,
      why: whyOf(candidate, place, ranInCi),
      isCertain: certain.includes(candidate) && folder === '',
      dependsOn: (candidate.dependsOn ?? []).map((name) => (folder === '' ? name : `${folder}/${name}`)),
    };
  });
}

interface OfCi {
  candidate: CheckCandidate;
  /** True for the same command, whatever its spelling and additional arguments. */
  isSame(command: string): boolean;
}

function candidateOf(files: ProjectFiles, { kind, command, source }: CiCommand): OfCi {
  const isInEnvironment =
    /^(python3?|pip3?|pytest|mypy|ruff|flake8|black|isort|pylint)\b/.test(command) &&
    environmentFiles(files).length > 0;
  const entered = isInEnvironment
    ? `${kind === 'setup' ? 'python3 -m venv .venv && ' : ''}${enterEnvironment}${command}`
    : command;
  const dependsOn = kind === 'setup' ? environmentFiles(files) : [];
  const plain = normalizeCommand(command);
  return {
    candidate: {
      kind,
      command: entered,
      source,
      runs: [],
      isOnlyProposed: true,
      why: `${source} runs it`,
      ...(kind === 'setup' ? { dependsOn } : {}),
    },
    isSame: (other) => {
      const wanted = normalizeCommand(other.replace(enterEnvironment, ''));
      return plain === wanted || plain.startsWith(`${wanted} `);
    },
  };
}

/** If CI has its own command for the same purpose, a default would only be another spelling of it. */
function isReplaced({ kind, guess = '' }: CheckCandidate, ofCi: readonly OfCi[]): boolean {
  return ofCi.some(
    ({ candidate }) => candidate.kind === kind && candidate.command.includes(guess.split(' ')[0] ?? ''),
  );
}

function whyOf(
  { kind, why, guess, dependsOn = [] }: CheckCandidate,
  place: string,
  ranInCi: string | null,
): string {
  if (why !== undefined) return why;
  if (ranInCi !== null) return `from ${place}; ${ranInCi} runs it too`;
  if (guess !== undefined) return `the usual command for ${place}`;
  return kind === 'setup' ? `installs what ${dependsOn[0] ?? place} says` : `from ${place}`;
}
