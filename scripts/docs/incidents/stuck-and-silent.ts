// Published incidents: work that got stuck, ran without being watched, or was reported wrongly.
import { at, type Incident } from './incident.ts';

export const stuckAndSilent: readonly Incident[] = [
  {
    published: 'vibe-kanban#1571',
    happened: 'an execution stayed `running` after its worktree was gone, without a log',
    moose: 'the missing worktree is noticed, made again, and the work repeated',
    replayedBy: at(
      'test/e2e/agents-go-wrong',
      'R-SES-3: a worktree that is deleted under a running agent is created again, and the work is repeated',
    ),
  },
  {
    published: 'multica#8529, #4336, #5682',
    happened:
      'the report of an end was lost on the network or at a restart, so the task ran forever, kept its slot, and could not be cancelled',
    moose:
      'the end is a file that the next Moose reads; its row is written again until it is stored; cancel works in every state',
    replayedBy: [
      ...at(
        'src/sessions/adopt-process',
        'Moose is killed with its whole process group, and the agent or its output is lost with it (R-SES-2)',
      ),
      ...at(
        'test/e2e/database-refuses',
        'R-ESC-1: if the end of a run cannot be stored, a person is asked once, and the run ends when it can be stored',
      ),
      ...at(
        'test/e2e/steering',
        'cancel while the agent runs: its process ends, and its branch and files are kept',
      ),
      ...at('src/durable/slots', 'the slot of a dead holder is free immediately'),
    ],
  },
  {
    published: 'hivecommons/hive#6237',
    happened: 'an agent that never started was reported as busy, which hid 918 restarts',
    moose: 'a missing program is a failure with a name; the next agent is tried, and then a person is asked',
    replayedBy: [
      ...at(
        'test/e2e/recovery',
        'R-REC-5: an agent that is not installed is replaced, unless a person has requested it',
      ),
      ...at(
        'test/e2e/run-itself-fails',
        'R-FAIL-6: fear: a run that cannot be carried at all is started again and again, without an error',
      ),
    ],
  },
  {
    published: 'jwbron/egg#3596',
    happened: 'nobody could tell an agent at work from one that hung',
    moose:
      'output, tree and calls are observed; the board and `moose stuck` name the last progress and its time',
    replayedBy: at(
      'src/engine/watch/stuck-work-orders',
      'R-UI-3: a hung agent is stuck after two hours, and the answer names its last progress',
      'R-PIPE-12: a slow agent that keeps writing is not stuck',
    ),
  },
  {
    published: 'gastown#3584, #3587',
    happened:
      'dead workers were not noticed, and parked work never woke because a process died between two steps',
    moose: 'a free lock shows a dead process within a second; a wait and its wake-up are one transaction',
    replayedBy: [
      ...at(
        'src/durable/engine',
        'R-BASE-2: the work of a killed process is taken up by another one immediately',
      ),
      ...at(
        'src/durable/engine',
        'a run whose message is lost is started, and so is one that this process has but does not carry',
      ),
      ...at(
        'src/durable/paused-runs',
        'fear: a process dies after it paused a run, and the process that takes over its work starts the run',
      ),
    ],
  },
  {
    published: 'stablyai/orca#18368',
    happened: 'healthy workers were killed as stalled, and their results were then refused',
    moose:
      'silence and death are told apart, death needs two looks, and a process that comes back drops work that others have',
    replayedBy: [
      ...at(
        'src/sessions/watch-process',
        'a silent agent is stopped, and one that writes from time to time is not (R-SES-6)',
        'only the wrapper is killed, and its agent is declared dead while it is still working (R-SES-1)',
      ),
      ...at(
        'src/durable/engine',
        'a process that is frozen for a short time is not dead, and keeps its work',
      ),
    ],
  },
  {
    published: 'claude-code#83859, #75613, ConnorGriffin/skills#62',
    happened:
      'agents hung for minutes, or for hours at their start; one waited for input that nobody would write',
    moose: 'an agent has an empty input and limits of silence and time',
    replayedBy: [
      ...at('src/sessions/start-process', 'an agent waits forever for its stdin'),
      ...at(
        'test/e2e/agents-go-wrong',
        'an agent that hangs and will not hear is stopped when its time is up',
      ),
    ],
  },
  {
    published: 'gsd-2#5218',
    happened:
      'no worktree could be made; workers ran in folders that were not one, spent money, and reported success',
    moose: 'no agent starts outside a worktree that git confirms, and success needs a diff',
    replayedBy: [
      ...at(
        'test/e2e/machine-goes-wrong',
        'if another folder is in the place of the worktree, the work needs review, and a retry completes',
      ),
      ...at('src/sessions/start-process', 'the worktree is missing'),
      ...at(
        'src/domain/work-order/outcome',
        'R-SES-5: success needs every witness; exit code 0 alone is never success',
      ),
    ],
  },
  {
    published: 'agent-orchestrator#4744, #4776, paperclip#10851',
    happened: 'work stood still after a restart; a long recovery kept the server from listening for 14 days',
    moose: 'the server listens first; sessions of before a boot are lost and their work is done again',
    replayedBy: [
      ...at('test/e2e/interface', 'R-BASE-3: it answers even while the remaining work cannot be taken up'),
      ...at(
        'src/sessions/watch-process',
        'a session of an earlier boot is lost; one of another machine is refused',
      ),
    ],
  },
  {
    published: 'detent#245, vibe-kanban#765, github/app#3769',
    happened: 'a restart stranded work in progress; worktrees took 26 GB in two days, and 200 GB elsewhere',
    moose: 'the next process goes on; worktrees go when their work ends, and files of finished work by age',
    replayedBy: [
      ...at(
        'test/e2e/killed-at-random',
        'R-PIPE-1: after kills at random moments, all work orders are completed, and nothing was done twice',
      ),
      ...at(
        'test/e2e/agents-go-wrong',
        'at the end no money is reserved, and no process or worktree is left',
      ),
      ...at(
        'src/engine/run/effects/retention-job',
        'R-PIPE-14: files of finished work orders are removed from disk after their time, and no other files',
      ),
    ],
  },
  {
    published: 'agent-orchestrator#2173',
    happened: 'a merge conflict was found and shown to nobody, because the session waited for input',
    moose: 'a conflict begins a cycle of its own, or is a question with the command that repeats the work',
    replayedBy: [
      ...at(
        'src/engine/sentinel/pull-requests-ended',
        'R-SEN-4: a conflict begins a cycle in which the base branch is merged into the change',
      ),
      ...at(
        'test/e2e/repositories-go-wrong',
        'R-PIPE-11: of two changes to the same line the second one conflicts, and the suggested command repeats it',
      ),
    ],
  },
  {
    published: 'ruflo#1423, #1896, #3258',
    happened: 'a start printed a plan and returned; no agent ever ran',
    moose:
      'the demo and each run end with commits that were read back; success without a metered call is a failure',
    replayedBy: [
      ...at('test/e2e/installed', 'R-DIST-1: the packed package runs the demo on Node $version as $user'),
      ...at(
        'test/e2e/agents-go-wrong',
        'R-SES-5, R-ESC-3: an agent that says that nothing is to be done is asked once, and a person closes the work order',
      ),
    ],
  },
  {
    published: 'copilot-cli#2364, copilot-coding-agent/user-feedback#21',
    happened: 'a session ran for two weeks, and nobody could stop it',
    moose: 'a session has a time limit that no restart extends; stop ends with proof that its group is empty',
    replayedBy: at(
      'src/sessions/watch-process',
      'an agent that never ends is stopped at its time limit (R-SES-6)',
      'a new watcher gives a running process its whole time limit again (R-SES-6)',
    ).concat(at('src/sessions/stop-process', 'an agent that ignores TERM keeps running (R-SES-3)')),
  },
];
