// Published incidents: lost work, deleted branches, and work that was done twice.
import { at, type Incident } from './incident.ts';

export const lostAndDoubled: readonly Incident[] = [
  {
    published: 'claude-code#77268, #91405, #52957',
    happened: 'most sessions ran in the wrong worktree, and uncommitted work was discarded',
    moose:
      'each work order has a worktree of its own, which sessions cannot leave; what is uncommitted is preserved first',
    replayedBy: [
      ...at(
        'src/git/worktree/remove-worktree',
        'R-PIPE-14: uncommitted, staged, untracked and deleted files and unpushed commits are kept first',
      ),
      ...at(
        'test/e2e/repositories-go-wrong',
        'in a dirty repository the work starts from HEAD, the person is warned, and their files stay unchanged',
      ),
    ],
  },
  {
    published: 'bernstein#1847',
    happened: 'a cleanup of worktrees deleted uncommitted and unmerged work',
    moose: 'a cleanup removes only what is pushed or preserved',
    replayedBy: [
      ...at('src/git/worktree/remove-worktree', 'R-PIPE-14: unpushed commits of a clean worktree are kept'),
      ...at(
        'src/engine/pipeline/tracking/clean-up',
        'R-DIST-6, R-PIPE-14: fear: a cleanup deletes what is not pushed, or what waits',
      ),
    ],
  },
  {
    published: 'gastown#1182',
    happened:
      'a program deleted 21 worktrees, 51 branches and 11 branches of the remote, some with open requests',
    moose:
      'many removals in a minute stop and ask; a branch is deleted only at the expected commit, and kept first',
    replayedBy: [
      ...at(
        'src/engine/run/effects/destruction-breaker',
        'R-PIPE-14: after many undos at a time, the next one is stopped and an alert is raised',
      ),
      ...at(
        'src/git/remote/remote',
        'R-PIPE-9, R-PIPE-14: a remote branch is kept locally and then deleted if it is where it is expected; a repeat changes nothing',
      ),
    ],
  },
  {
    published: 'agent-orchestrator#5598, #4948, #3921',
    happened:
      'the orchestrator deleted its own worktree; 14 sessions were ended within 9 s without a reason; more than 40 workers ran without a limit',
    moose:
      'removals by mistake are held back, slots limit how much runs, and cleanup needs no deletion of the project',
    replayedBy: [
      ...at(
        'src/engine/reconcile/reconcile',
        "R-PIPE-14: fear: the Moose of another database takes what is in the data directory for nobody's",
      ),
      ...at('src/git/worktree/remove-worktree', 'the repository’s own working tree is never removed'),
      ...at(
        'src/engine/recovery/pressure/pressure-gauge',
        'R-REC-4: at the high level half of the slots are left, and every change is recorded and ends by itself',
      ),
    ],
  },
  {
    published: 'agent-orchestrator#2921, detent#193, greeves89/AI-Employee#695',
    happened:
      'a second worker and pull request after the first worker was killed; the same issue taken twice; an original that ran on beside its replacement',
    moose: 'a fence admits one writer, an effect is found by its key, and one issue is one work order',
    replayedBy: [
      ...at(
        'test/e2e/killed-anywhere',
        'R-PIPE-1: after a kill at every step boundary and around every effect, nothing was lost or done twice',
      ),
      ...at(
        'src/engine/sentinel/issues',
        'R-SEN-5: a labelled issue becomes one work order, although Moose is killed in between',
      ),
      ...at(
        'src/durable/silent-process',
        'fear: 50 runs of frozen processes are finished twice when the processes come back (R-BASE-2, R-SES-6)',
      ),
    ],
  },
];
