// For tests: a proposal and a worktree side by side in a scratch folder, and the application of one to the other.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edit, Proposal } from '../../domain/agents/proposal.ts';
import { type ApplyResult, applyProposal } from './apply-proposal.ts';
import { writeProposalFile } from './proposal-file.ts';

/** Each test file that uses this folder removes it at its end. */
export const base = mkdtempSync(join(tmpdir(), 'moose-patch-'));

const program = join(import.meta.dirname, 'apply-program.ts');

export interface Scene {
  worktree: string;
  session: string;
  proposalPath: string;
}

export function scene(
  edits: Edit[],
  files: Record<string, string> = {},
  rules = { allowCiChanges: false },
): Scene {
  // Another test file in this process may have removed it.
  mkdirSync(base, { recursive: true });
  const directory = mkdtempSync(join(base, 'scene-'));
  const worktree = join(directory, 'worktree');
  const session = join(directory, 'session');
  mkdirSync(worktree);
  mkdirSync(session);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(worktree, path, '..'), { recursive: true });
    writeFileSync(join(worktree, path), content);
  }
  const proposal: Proposal = { plan: 'p', edits, risks: [] };
  const proposalPath = join(session, 'proposal.json');
  writeFileSync(proposalPath, writeProposalFile(proposal, rules));
  return { worktree, session, proposalPath };
}

export function apply({ proposalPath, worktree }: Scene): ApplyResult {
  return applyProposal(proposalPath, worktree, () => {});
}

export function run({ proposalPath, worktree }: Scene): {
  status: number | null;
  events: Record<string, unknown>[];
} {
  const { status, stdout } = spawnSync(process.execPath, [program, proposalPath, worktree], {
    env: {},
    encoding: 'utf8',
  });
  return {
    status,
    events: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

/** Every file and link below a directory, with its content. */
export function snapshot(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [
        path,
        statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : 'link',
      ]),
  );
}

export const write = (path: string, content: string): Edit => ({ kind: 'write', path, content });
export const replace = (path: string, search: string, to: string): Edit => ({
  kind: 'replace',
  path,
  search,
  replace: to,
});
export const remove = (path: string): Edit => ({ kind: 'delete', path });
