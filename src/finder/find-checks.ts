import { type Check, checkKinds } from '../domain/check.ts';
import { withoutDuplicates } from './checks/candidate.ts';
import { makeChecks } from './checks/make.ts';
import { nodeChecks } from './checks/node.ts';
import { pythonChecks } from './checks/python.ts';
import { toolchainChecks } from './checks/toolchains.ts';
import type { ProjectFiles } from './project-files.ts';

// Finds a project's checks in the files at its root (R-PIPE-6). In a monorepo of npm, pnpm, yarn or bun the root's scripts
// come first; for a kind that it lacks, the scripts of its packages run.

/** More than a project defines by itself; the last ones in order are dropped. */
const checksMax = 20;

/** The checks in the order of `checkKinds`: causes before symptoms, and so the cheap before the expensive. */
export function findChecks(files: ProjectFiles): Check[] {
  return withoutDuplicates(candidatesIn(files))
    .sort((a, b) => checkKinds.indexOf(a.kind) - checkKinds.indexOf(b.kind))
    .slice(0, checksMax)
    .map(({ kind, command, source }) => ({ kind, command, source }));
}

/** What each command expands to in these files: a change that alters it judges itself. */
export function definitionsIn(files: ProjectFiles): Map<string, string> {
  return new Map(candidatesIn(files).map(({ command, definition = '' }) => [command, definition]));
}

function candidatesIn(files: ProjectFiles) {
  return [nodeChecks, makeChecks, pythonChecks, toolchainChecks].flatMap((find) => find(files));
}
