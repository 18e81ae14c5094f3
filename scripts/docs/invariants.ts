// The invariants, each with the tests that verify it. The check fails if no test has one of these names.

import { fileURLToPath } from 'node:url';
import { sourceFiles } from '../../test/source-files.ts';
import { markdownTable } from './markdown-table.ts';

interface Invariant {
  says: string;
  /** The names of the tests; empty if no test verifies it yet, which the document then says. */
  tests: readonly string[];
}

const invariants: readonly Invariant[] = [
  {
    says: 'Whichever process is killed, and whenever: each work order continues from its last finished step, and each effect exists exactly once.',
    tests: [
      'R-PIPE-1: after kills at random moments, all work orders are completed, and nothing was done twice',
      'R-PIPE-1: after a kill at every step boundary and around every effect, nothing was lost or done twice',
      'R-BASE-2: two workers on one database, each killed in turn, lose nothing and do nothing twice',
    ],
  },
  {
    says: 'After another boot of the machine, nothing runs in a worktree before it is that of its commit, and no session that was not recorded counts.',
    tests: [
      'R-PIPE-6: fear: after a power failure, files of the worktree are empty, and a check passes on something that is not the commit',
      'R-PIPE-6: fear: a check has passed before the power failed, and its files, which nobody had flushed, are gone',
    ],
  },
  {
    says: 'The database refuses the same changes of state as the code.',
    tests: [
      'R-PIPE-2: the database refuses exactly the transitions that the code refuses',
      'R-PIPE-2: an illegal transition changes nothing, and is refused with its code',
    ],
  },
  {
    says: 'Every change of state is an event with its actor and its reason.',
    tests: ['R-PIPE-2: every transition is an event with its actor and its reason'],
  },
  {
    says: 'A change that expects a state other than the actual one changes nothing.',
    tests: ['a change that expects another state than the real one changes nothing and returns false'],
  },
  {
    says: 'The attempts, calls, tokens and money of a work order never decrease, except that evidence corrects presumed money.',
    tests: [
      'R-PIPE-12: counters never go down, whoever writes',
      'R-PIPE-12: the cost of a work order is reduced only by such evidence, by exactly that amount',
    ],
  },
  {
    says: 'The same fact counts as progress once.',
    tests: ['R-PIPE-12: the same fact counts as progress only once'],
  },
  {
    says: 'A work order that spends more than its limits without progress is parked, and only a person can restart it.',
    tests: [
      'R-PIPE-12: at its limits a work order goes on, beyond any one of them it is parked',
      'R-PIPE-12: nothing automatic restarts parked work, and a person can',
    ],
  },
  {
    says: 'A session has its row before its process starts, so no process runs without a handle.',
    tests: [
      'Moose dies at any moment of a start, and a program runs without a handle (R-SES-1)',
      'two starts at the same moment in the same directory: one runs, one is refused (R-SES-1)',
    ],
  },
  {
    says: 'An agent and its output survive the end of Moose, and the next Moose adopts them.',
    tests: [
      'Moose is killed with its whole process group, and the agent or its output is lost with it (R-SES-2)',
    ],
  },
  {
    says: 'Stopping a session ends with proof that its process group is empty.',
    tests: [
      'an agent that ignores TERM keeps running (R-SES-3)',
      'a grandchild in its own session ignores TERM and keeps working in the worktree (R-SES-3)',
    ],
  },
  {
    says: 'Exit code 0 alone never counts as success.',
    tests: ['R-SES-5: success needs every witness; exit code 0 alone is never success'],
  },
  {
    says: 'No work is destroyed unless it is pushed or preserved under `refs/moose/preserved`.',
    tests: [
      'R-PIPE-14: uncommitted, staged, untracked and deleted files and unpushed commits are kept first',
      'R-PIPE-9, R-PIPE-14: a remote branch is kept locally and then deleted if it is where it is expected; a repeat changes nothing',
    ],
  },
  {
    says: 'Edits stay in the worktree and out of `.git`, hooks and CI files.',
    tests: [
      'R-SEC-2: no list of edits writes outside the worktree, and a refused list changes nothing',
      'R-SEC-2: CI is changed only where the project allows it',
    ],
  },
  {
    says: 'The git commands of Moose run no program that a repository names.',
    tests: [
      'R-SEC-7: no ssh command, helper, proxy or program of a remote is run, and no address is rewritten',
      'R-SEC-7: a missing object is not fetched by a program of the repository',
      'R-SEC-7: a worktree whose link leads to another repository runs nothing of that repository',
    ],
  },
  {
    says: 'No error contains a key, even if a server echoes it.',
    tests: ['if a server echoes the key, no error contains it, wherever the server puts it (R-SEC-4)'],
  },
  {
    says: 'A call is booked before its answer is interpreted, even if the answer cannot be read.',
    tests: ['a reply that cannot be read is billed all the same'],
  },
  {
    says: 'Spent + reserved + presumed spent never exceeds a limit.',
    tests: [
      'R-BUD-2: of 64 concurrent requests over two pools, 20 fit and exactly 20 are admitted',
      'R-BUD-1: if a request fits the day but not the month, nothing is reserved in either',
      'R-BUD-2: with an invalid setting nothing is admitted',
    ],
  },
  {
    says: 'A reservation settles once; presumed spend is released only by evidence.',
    tests: [
      'R-BUD-2: a reservation settles once; its unspent rest is released',
      'R-BUD-2: presumed spend is never released, and counts against the limit',
      'R-BUD-2: a presumption is settled by evidence, even after its envelope has closed, and the rest is released',
    ],
  },
  {
    says: 'Concurrent calls never draw more than their envelope holds.',
    tests: [
      'R-BUD-2: of 32 clients that draw from one envelope, exactly as many are admitted as fit',
      'R-BUD-1: of 32 clients that reserve at a limit, as many are admitted as fit, in every window or in none',
    ],
  },
  {
    says: 'A work order and its sub-tasks never cost more than a person has allowed the work order.',
    tests: [
      'R-AGENT-4: whatever is drawn, ended, asked for, raised and cancelled at once, parent and sub-tasks stay within the limit',
      'R-AGENT-4: the same words are the same sub-task, in any session and after any crash, and are paid once',
    ],
  },
  {
    says: 'A file imports only from its own folder and from lower floors.',
    tests: ['every import keeps to the floors'],
  },
  {
    says: 'What goes over the wire is declared once.',
    tests: ['every wire shape is declared once, in src/contract'],
  },
];

export function invariantsTable(): string {
  const files = sourceFiles(fileURLToPath(new URL('../..', import.meta.url)), ['src', 'test'], /\.test\.ts$/);
  const pathOf = (name: string): string => {
    const file = files.find(({ text }) => text.includes(`'${name}'`));
    if (file) return file.path;
    throw new Error(`scripts/docs/invariants.ts names a test that is nowhere: ${name}`);
  };
  const rows = invariants.map(({ says, tests }) => [
    says,
    tests.length === 0 ? 'no test yet' : tests.map((name) => `\`${pathOf(name)}\`: ${name}`).join('<br>'),
  ]);
  return markdownTable(['always', 'held by'], rows);
}
