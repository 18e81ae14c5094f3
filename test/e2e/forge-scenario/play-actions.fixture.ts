// Plays GitHub Actions for the double, which executes nothing: each commit of a pull request gets a workflow run with
// the result of the repository's own check on that commit.
import { sleep } from '../../../src/stdx/async/sleep.ts';
import type { TestRepository } from '../../github-double/test-repository.ts';
import { runCheck } from './people.fixture.ts';

const lookEveryMs = 50;
const job = 'build';

export interface PlayedActions {
  /** Stops playing Actions; throws the first error that happened. */
  stop(): Promise<void>;
}

/** `failsFirst`: the first attempt of the first run fails because of its runner, with this log. */
export function playActions(
  repository: TestRepository,
  { failsFirst = null }: { failsFirst?: string | null } = {},
): PlayedActions {
  const { state } = repository;
  const ending = new AbortController();
  const endJobs = async () => {
    for (const check of state.checkRuns) {
      const run = state.runs.find(({ id }) => id === check.job?.runId);
      if (!run || check.status === 'completed') continue;
      repository.reportJob(run, job, { status: 'in_progress' });
      const isLost = failsFirst !== null && run === state.runs[0] && run.attempt === 1;
      const { result, log } = isLost
        ? { result: 'red', log: failsFirst }
        : await runCheck((path) => repository.git('show', `${run.sha}:${path}`));
      const conclusion = result === 'red' ? 'failure' : 'success';
      repository.reportJob(run, job, { conclusion, log, ...(result === 'red' && { failedStep: 'Test' }) });
    }
  };
  const play = async () => {
    while (!ending.signal.aborted) {
      for (const { headSha } of state.pulls.values())
        if (!state.runs.some(({ sha }) => sha === headSha)) repository.startRun(headSha, [job]);
      await endJobs();
      await sleep(lookEveryMs);
    }
  };
  const playing = play();
  // `stop` throws this error.
  playing.catch(() => undefined);
  return {
    stop: async () => {
      ending.abort();
      await playing;
    },
  };
}
