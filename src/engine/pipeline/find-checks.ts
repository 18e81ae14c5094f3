import { type Check, checkKinds } from '../../domain/check.ts';
import { withoutDuplicates } from './checks/candidate.ts';
import { makeChecks } from './checks/make.ts';
import { nodeChecks } from './checks/node.ts';
import type { ProjectFiles } from './checks/project-files.ts';
import { pythonChecks } from './checks/python.ts';
import { toolchainChecks } from './checks/toolchains.ts';

// Finds a project's checks in the files at its root (R-PIPE-6). In a monorepo that is the root's own word:
// packages below it are checked as far as the root's commands reach them.

/** More than a project states by itself; what goes beyond is the last of the order. */
const checksMax = 20;

/** The checks in the order of `checkKinds`: the cause before the symptom, and so the cheap before the dear. */
export function findChecks(files: ProjectFiles): Check[] {
  const candidates = [nodeChecks, makeChecks, pythonChecks, toolchainChecks].flatMap((find) => find(files));
  return withoutDuplicates(candidates)
    .sort((a, b) => checkKinds.indexOf(a.kind) - checkKinds.indexOf(b.kind))
    .slice(0, checksMax)
    .map(({ kind, command, source }) => ({ kind, command, source }));
}
