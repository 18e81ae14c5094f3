import { type Check, checkKinds, isVerification } from '../domain/work-order/check.ts';
import { type CheckCandidate, withoutDuplicates } from './checks/candidate.ts';
import { makeChecks } from './checks/make.ts';
import { nodeChecks } from './checks/node.ts';
import { pythonChecks } from './checks/python.ts';
import { environmentChecks } from './checks/python-environment.ts';
import { toolchainChecks } from './checks/toolchains.ts';
import { filesIn, inFolder, nestedProjects } from './nested-projects.ts';
import type { ProjectFiles } from './project-files.ts';

// Finds a project's checks in the files at its root (R-PIPE-6). In a monorepo of npm, pnpm, yarn or bun, the root's
// scripts come first; for a kind of check that it lacks, the scripts of its packages run.

/** More checks than any project defines itself; the last ones in order are dropped. */
const checksMax = 20;

/**
 * Returns the checks in the order of `checkKinds`: causes before symptoms, and so cheap checks before expensive ones.
 * If nothing at the root verifies a change, the projects in its folders are searched.
 */
export function findChecks(files: ProjectFiles): Check[] {
  const atRoot = withoutDuplicates(certainChecks(files));
  const found = atRoot.some(isVerification) ? atRoot : [...atRoot, ...below(files)];
  return found
    .sort((a, b) => checkKinds.indexOf(a.kind) - checkKinds.indexOf(b.kind))
    .slice(0, checksMax)
    .map(({ kind, command, source }) => ({ kind, command, source }));
}

/** The same; a Python project without a lock gets its own environment, which a person would have made before. */
export function checksOfStranger(files: ProjectFiles): Check[] {
  const found = findChecks(files);
  const environment = environmentChecks(files);
  if (found.some(({ kind }) => kind === 'setup') || environment.length < 2) return found;
  const instead = environment.map(({ kind, command, source }) => ({ kind, command, source }));
  const isReplaced = ({ command }: Check) => pythonChecks(files).some((each) => each.command === command);
  return [...instead, ...found.filter((each) => !isReplaced(each))].sort(
    (a, b) => checkKinds.indexOf(a.kind) - checkKinds.indexOf(b.kind),
  );
}

function below(files: ProjectFiles): CheckCandidate[] {
  return nestedProjects(files).flatMap((folder) =>
    withoutDuplicates(certainChecks(filesIn(files, folder))).map((each) => ({
      ...each,
      command: inFolder(folder, each.command),
      source: `${folder}/${each.source}`,
    })),
  );
}

/** The checks that Moose runs by default. */
export function certainChecks(files: ProjectFiles): CheckCandidate[] {
  return [nodeChecks, makeChecks, pythonChecks, toolchainChecks].flatMap((find) => find(files));
}
