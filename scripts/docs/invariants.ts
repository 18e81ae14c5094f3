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
    says: 'Whatever process is killed, whenever: each work order goes on from its last finished step, and each effect is there once.',
    tests: [
      'R-PIPE-1: after kills at random moments, all work orders are completed, and nothing was done twice',
      'R-PIPE-1: after a kill at every step boundary and around every effect, nothing was lost or done twice',
      'R-BASE-2: two workers on one database, each killed in turn, lose nothing and do nothing twice',
    ],
  },
  {
    says: 'The database refuses exactly the changes of state that the code refuses.',
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
    says: 'A change that names another state than the real one changes nothing.',
    tests: ['a change that expects another state than the real one changes nothing and returns false'],
  },
  {
    says: 'Attempts, calls, tokens and money of a work order only ever grow; money that was presumed is taken back by evidence.',
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
    says: 'A work order that spends without progress past its limits is parked, and only a human can move it again.',
    tests: [
      'R-PIPE-12: at its limits a work order goes on, beyond any one of them it is parked',
      'R-PIPE-12: nothing automatic restarts parked work, and a person can',
    ],
  },
  {
    says: 'A session has its row before its process; nothing runs of which there is no handle.',
    tests: [
      'Moose dies at any moment of a start, and a program runs without a handle (R-SES-1)',
      'two starts at the same moment in the same directory: one runs, one is refused (R-SES-1)',
    ],
  },
  {
    says: 'An agent outlives Moose, with its output, and is adopted.',
    tests: [
      'Moose is killed with its whole process group, and the agent or its output is lost with it (R-SES-2)',
    ],
  },
  {
    says: 'A stop ends with the proof that the group is empty.',
    tests: [
      'an agent that ignores TERM keeps running (R-SES-3)',
      'a grandchild in its own session ignores TERM and keeps working in the worktree (R-SES-3)',
    ],
  },
  {
    says: 'Exit code 0 alone is never success.',
    tests: ['R-SES-5: success needs every witness; exit code 0 alone is never success'],
  },
  {
    says: 'No work is destroyed that is not pushed or kept under `refs/moose/preserved`.',
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
    says: 'Git that Moose runs starts no program that the repository names.',
    tests: [
      'R-SEC-7: no ssh command, helper, proxy or program of a remote is run, and no address is rewritten',
      'R-SEC-7: a missing object is not fetched by a program of the repository',
      'R-SEC-7: a worktree whose link leads to another repository runs nothing of that repository',
    ],
  },
  {
    says: 'No error contains a key, however a server echoes it.',
    tests: ['if a server echoes the key, no error contains it, wherever the server puts it (R-SEC-4)'],
  },
  {
    says: 'A call is billed before its answer is read; one whose answer cannot be read is billed all the same.',
    tests: ['a reply that cannot be read is billed all the same'],
  },
  {
    says: 'At every instant spent + held + presumed spent is at most the limit.',
    tests: [
      'R-BUD-2: of 64 concurrent requests over two pools, 20 fit and exactly 20 are admitted',
      'R-BUD-1: if a request fits the day but not the month, nothing is reserved in either',
      'R-BUD-2: with an invalid setting nothing is admitted',
    ],
  },
  {
    says: 'A hold settles once; what is presumed spent is never free again without evidence.',
    tests: [
      'R-BUD-2: a reservation settles once; its unspent rest is released',
      'R-BUD-2: presumed spend is never released, and counts against the limit',
      'R-BUD-2: a presumption is settled by evidence, even after its envelope has closed, and the rest is released',
    ],
  },
  {
    says: 'Of calls that draw at once no more are admitted than their envelope holds.',
    tests: [
      'R-BUD-2: of 32 clients that draw from one envelope, exactly as many are admitted as fit',
      'R-BUD-1: of 32 clients that reserve at a limit, as many are admitted as fit, in every window or in none',
    ],
  },
  {
    says: 'A file imports from its own floor and from below.',
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
