// Applies a proposal to a worktree, from file to result. Reports everything through `emit`, one JSON event at a time,
// and always ends with a `result`. Imports only Node builtins and its own folder, because it is started often.

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Edit } from '../../domain/agents/proposal.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { type PlannedWrite, planEdits, type Refusal } from './apply-edits.ts';
import { loadJournal, saveJournal } from './apply-journal.ts';
import { fingerprint } from './drafts.ts';
import { type ProposalFile, proposalFileBytesMax, readProposalFile } from './proposal-file.ts';
import { createWorktreeReader } from './worktree-reader.ts';
import { WorktreeMovedError, type WriteEvent, writePlan } from './write-plan.ts';

/** Each of these codes is a row of `failures.ts`. */
export type ApplyProblem =
  | 'DISK_FULL'
  | 'WORKTREE_MISSING'
  | 'WORKTREE_MOVED'
  | 'PROPOSAL_UNREADABLE'
  | 'WRITE_FAILED';

export interface ApplyResult {
  type: 'result';
  outcome: 'applied' | 'refused' | 'failed';
  /** Paths whose content was changed: all of the proposal's paths, none, or those that changed before it failed. */
  changedFiles: string[];
  refusals: Refusal[];
  problem: { code: ApplyProblem; message: string } | null;
}

export type ApplyEvent =
  | ApplyResult
  | WriteEvent
  | { type: 'proposal'; plan: string; risks: string[] }
  | ({ type: 'edit' } & Edit)
  | { type: 'planned'; files: number; isResumed: boolean };

/** Of each text of an edit, for people who read what happened. */
const toldCharsMax = 10_000;

export const applyExitCodes: Record<ApplyResult['outcome'], number> = { applied: 0, failed: 1, refused: 3 };

export function applyProposal(
  proposalPath: string,
  worktreePath: string,
  emit: (event: ApplyEvent) => void,
): ApplyResult {
  const result = attempt(proposalPath, worktreePath, emit);
  emit(result);
  return result;
}

function attempt(proposalPath: string, worktreePath: string, emit: (event: ApplyEvent) => void): ApplyResult {
  const done: string[] = [];
  try {
    const root = realpathSync(worktreePath);
    if (!statSync(root).isDirectory())
      return failed('WORKTREE_MISSING', `${worktreePath} is not a directory.`);
    return applyIn(root, proposalPath, (event) => {
      if (event.type === 'written' || event.type === 'deleted') done.push(event.path);
      emit(event);
    });
  } catch (error) {
    return { ...describeProblem(error, worktreePath), changedFiles: done };
  }
}

function applyIn(root: string, proposalPath: string, emit: (event: ApplyEvent) => void): ApplyResult {
  const text = readProposalText(proposalPath);
  const proposal = text === null ? null : readProposalFile(text);
  if (text === null || proposal === null)
    return failed('PROPOSAL_UNREADABLE', `${proposalPath} cannot be read as a proposal.`);
  tellProposal(proposal, emit);
  const mark = fingerprint(text);
  const directory = dirname(proposalPath);
  const journal = loadJournal(directory, mark);
  let writes: PlannedWrite[];
  if (journal) {
    writes = journal.writes;
  } else {
    const plan = planEdits(proposal.edits, createWorktreeReader(root), proposal.rules);
    if (plan.kind === 'refused')
      return { type: 'result', outcome: 'refused', changedFiles: [], refusals: plan.refusals, problem: null };
    writes = plan.writes;
    saveJournal(directory, { proposal: mark, writes });
  }
  emit({ type: 'planned', files: writes.length, isResumed: journal !== null });
  writePlan(root, writes, `.moose-apply-${mark.slice(-stagingMarkLength)}`, emit);
  const changedFiles = writes.map(({ path }) => path);
  return { type: 'result', outcome: 'applied', changedFiles, refusals: [], problem: null };
}

function tellProposal({ plan, risks, edits }: ProposalFile, emit: (event: ApplyEvent) => void): void {
  if (plan !== '') emit({ type: 'proposal', plan, risks });
  const told = (text: string) => text.slice(0, toldCharsMax);
  for (const edit of edits) {
    const { path } = edit;
    if (edit.kind === 'replace')
      emit({ type: 'edit', kind: edit.kind, path, search: told(edit.search), replace: told(edit.replace) });
    else if (edit.kind === 'write')
      emit({ type: 'edit', kind: edit.kind, path, content: told(edit.content) });
    else emit({ type: 'edit', kind: edit.kind, path });
  }
}

/** Characters of the proposal's fingerprint in the name of the staging folder. */
const stagingMarkLength = 12;

function readProposalText(proposalPath: string): string | null {
  const entry = statSync(proposalPath, { throwIfNoEntry: false });
  if (!entry?.isFile() || entry.size > proposalFileBytesMax) return null;
  return readFileSync(proposalPath, 'utf8');
}

function failed(code: ApplyProblem, message: string): ApplyResult {
  return { type: 'result', outcome: 'failed', changedFiles: [], refusals: [], problem: { code, message } };
}

function describeProblem(error: unknown, worktreePath: string): ApplyResult {
  if (!(error instanceof Error)) throw error;
  if (error instanceof WorktreeMovedError) return failed('WORKTREE_MOVED', error.message);
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return failed('DISK_FULL', error.message);
  const path = 'path' in error ? error.path : undefined;
  if (code === 'ENOENT' && path === worktreePath) return failed('WORKTREE_MISSING', error.message);
  if (code === undefined) throw error;
  return failed('WRITE_FAILED', error.message);
}
