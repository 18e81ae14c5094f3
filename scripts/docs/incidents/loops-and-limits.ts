// Published incidents: loops that looked like success, and limits of providers.
import { at, type Incident } from './incident.ts';

const loops = 'test/e2e/published-loops';

export const loopsAndLimits: readonly Incident[] = [
  {
    published: 'detent#1886',
    happened:
      '81 starts of the same work, 71 of them counted as success; each was numbered as the first attempt',
    moose: 'only verified facts count as success, and a program that retries is stopped after four starts',
    replayedBy: at(
      loops,
      'R-PIPE-12: 81 dispatches, 71 of them "success" without a deliverable: a program that retries gets 4',
    ),
  },
  {
    published: 'detent#1928',
    happened: 'a success without a result reset the counters of failures: 35 sessions and 95 million tokens',
    moose: 'the same tree is no progress, and no counter is ever reset',
    replayedBy: [
      ...at(loops, 'R-PIPE-12: the same tree again is not progress, nor is the same check on it'),
      ...at('src/store/work/work-orders/work-orders', 'R-PIPE-12: counters never go down, whoever writes'),
    ],
  },
  {
    published: 'detent#1924',
    happened:
      'automation lifted parks minutes after the breaker had set them: about 2,300 sessions in five days',
    moose: 'only a person lifts a park; default answers and standing answers do not',
    replayedBy: [
      ...at(loops, 'R-PIPE-12: nothing automatic restarts parked work, and a person can'),
      ...at(
        'src/engine/commands/answers/answer',
        'R-ESC-4, R-PIPE-12: a standing answer never answers for parked work, nor again until something new is verified',
      ),
    ],
  },
  {
    published: 'detent#1046',
    happened: '60 to 71 attempts on each of five red pull requests in one day',
    moose: 'red CI goes back within the limit of cycles, and then a person is asked',
    replayedBy: [
      ...at(
        loops,
        'R-PIPE-6: sixty requested attempts on one failing check: 4 for each action of a person, and 3 without one',
      ),
      ...at('src/engine/sentinel/pull-requests-job', 'fear: sixty attempts on one red pull request'),
    ],
  },
  {
    published: 'detent#1935',
    happened: '19 hours of starts against a provider without quota, most of them charged to the work',
    moose: 'the circuit of the provider opens, a few probes go out, and no work order is charged',
    replayedBy: at(
      loops,
      'R-REC-6: nineteen hours without quota: a few probes, one question for each cause, and no charge',
      'R-REC-2: nineteen hours with the default waits take at most 240 calls',
    ),
  },
  {
    published: 'detent#2517',
    happened: 'a person took work out of its park, and the breaker parked it again within a minute',
    moose: "a person's retry lifts the park; only what is spent after it can park the work again",
    replayedBy: at(
      'src/engine/commands/steering',
      'R-PIPE-12: a retry by a person lifts a park, and what was spent stays counted',
    ),
  },
  {
    published: 'detent#1925',
    happened: 'a move between columns of the board counted as progress, and so the token limit never applied',
    moose: 'a change of status is no progress; a new tree, a new green check or a merge is',
    replayedBy: at(
      'src/engine/watch/stuck-work-orders',
      'R-PIPE-12: a status that flaps for a day does not reset the clock of a stuck work order',
      'R-PIPE-12: a retry that prints the same output again, or a touched file, is not progress',
    ),
  },
  {
    published: 'chippingway/orchestrator#1530',
    happened: '49 runs of one issue, while each part of the system was within its own limit',
    moose: 'attempts, calls, tokens and money are counted per work order over all its runs',
    replayedBy: at(
      loops,
      'R-PIPE-12: a person may retry until the money is used up, and the spent amount only grows',
      'R-PIPE-6: defaults of unanswered questions take three dispatches in total',
    ),
  },
  {
    published: 'sortie#936',
    happened: 'a limit of sessions counted healthy phases too, and starved good work',
    moose: 'the limits that park count only what was spent since the newest progress',
    replayedBy: at(
      'src/engine/pipeline/failure/spent-without-progress',
      'R-PIPE-12: what was spent before the newest progress does not count against it',
    ),
  },
  {
    published: 'agent-orchestrator#1409, #1122',
    happened:
      'a status that went back and forth reset the counters, so a clean pull request was told 16 times that its CI fails; old commits did the same',
    moose: 'only the judged commit counts, a red result goes back once, and work that alternates is stopped',
    replayedBy: [
      ...at(
        'src/engine/sentinel/pull-requests-job',
        "fear: 'CI is failing' is injected again and again into a clean pull request",
      ),
      ...at(
        loops,
        'R-REC-3: work that alternates between temporary failure and success is stopped by the breaker',
      ),
    ],
  },
  {
    published: 'hermes-agent#38223, #35220, #108942, #61591',
    happened:
      'rate limits were counted as crashes of the task; recovery reset the breaker; the breaker never closed after an outage; retries in step made the next overload',
    moose: 'an outage uses no attempt, closes by probes, and wakes the waiting runs at different times',
    replayedBy: [
      ...at(
        'src/engine/pipeline/failure/pause-for-outage',
        'R-REC-6: a pause uses no attempt, no retry and no money, and the next leg is queued with it',
      ),
      ...at(
        'src/engine/recovery/circuit-wakes-runs',
        'R-REC-6: what a provider paused goes on as soon as probes have closed its circuit',
      ),
      ...at(
        'src/durable/wake-runs',
        'fear: a hundred runs start at the same moment, and overload the service that has just recovered',
      ),
      ...at(
        'src/resilience/circuit',
        'fear: hanging probes keep their slots, and the circuit stays open for days',
      ),
    ],
  },
  {
    published: 'claude-code#92534, #81101',
    happened:
      'each subagent retried for itself, some with a wait of 0 s, instead of failing at once without quota',
    moose: 'circuits are rows that all processes share; a used-up quota opens one immediately',
    replayedBy: [
      ...at(
        'src/resilience/circuit-holder',
        'R-REC-2: an opening is shared, one machine probes for all, and its success closes the circuit for all',
      ),
      ...at(
        'src/engine/recovery/circuits',
        'R-REC-6: an exhausted quota opens the circuit immediately, for as long as the provider asks',
      ),
    ],
  },
  {
    published: 'RepoLens#109',
    happened: 'a hard limit was retried as a temporary failure, and the run stood still for 37 hours',
    moose: 'all work of a provider without quota waits behind one question, asked at once',
    replayedBy: at(
      'test/e2e/providers-go-wrong',
      'R-REC-6: a provider that only answers %s: work orders wait, one question is asked, and they continue when it is back',
    ),
  },
  {
    published: 'OpenHands#6692',
    happened: 'the resolver stayed in its rate-limited state forever',
    moose: 'a wait ends when the circuit closes, and a call that is never answered does not keep it open',
    replayedBy: [
      ...at(
        'src/engine/pipeline/failure/pause-for-outage',
        'R-REC-6, fear: a request that its provider never answers pauses forever, and blocks the provider for all others',
      ),
      ...at(
        'src/resilience/circuit-holder',
        'fear: a machine dies during its probes, and nobody probes again',
      ),
    ],
  },
  {
    published: 'multica#4380, paperclip#2743, agent-orchestrator#4918',
    happened: 'without quota the task failed, although another model could have gone on with what was there',
    moose: 'the next model or agent gets the same task and what was kept of the work',
    replayedBy: [
      ...at(
        'src/engine/pipeline/generating/propose',
        'R-REC-6: an unavailable provider uses no attempt, and is not asked again in this step',
      ),
      ...at(
        'test/e2e/recovery',
        'R-REC-5: an agent that keeps crashing is replaced by the next one, which gets the same task',
      ),
    ],
  },
];
