// What must always hold, and the tests that hold it. A test that is nowhere by that name is a failure of the check.

import { fileURLToPath } from 'node:url';
import { sourceFiles } from '../../test/source-files.ts';
import { markdownTable } from './markdown-table.ts';

interface Invariant {
  says: string;
  /** By name; none while no test holds it, which the document then says. */
  tests: readonly string[];
}

const invariants: readonly Invariant[] = [
  {
    says: 'Whatever process is killed, whenever: each work order goes on from its last finished step, and each effect is there once.',
    tests: [
      'R-PIPE-1: killed at random moments, all work orders are completed, and nothing was done twice',
      'R-PIPE-1: killed once at every step boundary and around every effect, nothing was lost or done twice',
      'R-BASE-2: two workers on one database, each killed in turn, lose nothing and do nothing twice',
    ],
  },
  {
    says: 'The database refuses exactly the changes of state that the code refuses.',
    tests: [
      'R-PIPE-2: the database refuses exactly the transitions that the code refuses',
      'R-PIPE-2: an illegal transition changes nothing, and says so by its code',
    ],
  },
  {
    says: 'Every change of state is an event with its actor and its reason.',
    tests: ['R-PIPE-2: every transition is an event with its actor and its reason'],
  },
  {
    says: 'A change that names another state than the real one changes nothing.',
    tests: ['a change that names another state than the real one changes nothing and says so'],
  },
  {
    says: 'Attempts, calls, tokens and money of a work order only ever grow; money that was presumed is taken back by evidence.',
    tests: [
      'R-PIPE-12: counters never go back, whoever asks',
      'R-PIPE-12: the cost of a work order is reduced only by such evidence, by exactly that amount',
    ],
  },
  {
    says: 'The same fact counts as progress once.',
    tests: ['R-PIPE-12: the same fact is progress once'],
  },
  {
    says: 'What spends without progress past its limits is parked, and a parked work order is moved by a human alone.',
    tests: [
      'R-PIPE-12: at its limits a work order goes on, beyond any one of them it is parked',
      'R-PIPE-12: a park holds against everything automatic, and a human lifts it',
    ],
  },
  {
    says: 'A session has its row before its process; nothing runs of which there is no handle.',
    tests: [
      'Moose dies at any moment of a start: a program runs of which there is no handle (R-SES-1)',
      'two starts at the same moment in the same directory: one runs, one is refused (R-SES-1)',
    ],
  },
  {
    says: 'An agent outlives Moose, with its output, and is adopted.',
    tests: ['Moose is killed with its whole process group, and the agent with it, or its output (R-SES-2)'],
  },
  {
    says: 'A stop ends with the proof that the group is empty.',
    tests: [
      'an agent that ignores TERM stays (R-SES-3)',
      'a grandchild with a session of its own, deaf to TERM, works on in the worktree (R-SES-3)',
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
      'R-PIPE-9, R-PIPE-14: a remote branch is deleted where it is expected, kept locally first; twice is once',
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
      'R-SEC-7: a worktree that was led to another repository runs nothing of that one',
    ],
  },
  {
    says: 'A key stands in no error, however a server echoes it.',
    tests: ['a server that echoes the key gets it into no error, wherever it puts it (R-SEC-4)'],
  },
  {
    says: 'A call is billed before its answer is read; one whose answer cannot be read is billed all the same.',
    tests: ['a reply that is billed but cannot be read is billed all the same'],
  },
  {
    says: 'At every instant spent + held + presumed spent is at most the limit.',
    tests: [
      'R-BUD-2: of 64 that ask at once over two pools, where 20 fit, 20 are admitted',
      'R-BUD-1: where the day fits and the month does not, nothing is held in either',
      'R-BUD-2: with a setting that makes no sense nothing is let through',
    ],
  },
  {
    says: 'A hold settles once; what is presumed spent is never free again without evidence.',
    tests: [
      'R-BUD-2: a hold settles once; what was not spent is free again',
      'R-BUD-2: what is presumed spent is never free again, and leaves no room',
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
    tests: ['what goes over the wire is declared once, in src/contract'],
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
