// The program that the built-in applier's session runs: `node apply-program.ts PROPOSAL WORKTREE`.
// One JSON event per line on stdout; exit code 0 applied, 3 refused, 1 failed.

import { writeSync } from 'node:fs';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { applyExitCodes, applyProposal } from './apply-proposal.ts';

const [proposalPath, worktreePath] = process.argv.slice(2);
if (proposalPath === undefined || worktreePath === undefined)
  throw new TypeError('Usage: apply-program.ts PROPOSAL WORKTREE');

const stdout = 1;
const result = applyProposal(proposalPath, worktreePath, (event) => {
  writeWhole(`${JSON.stringify(event)}\n`);
});
process.exitCode = applyExitCodes[result.outcome];

/** A single write may be partial. On a full disk the rest is lost, but the exit code still reports the result. */
function writeWhole(line: string): void {
  const bytes = Buffer.from(line);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(stdout, bytes, written);
    } catch (error) {
      if (hasErrorCode(error, 'ENOSPC', 'EPIPE')) return;
      throw error;
    }
  }
}
