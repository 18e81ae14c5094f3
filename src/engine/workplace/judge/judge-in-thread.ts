// Reads and judges in a thread, so that what a check prints holds up nobody else.

import { redact } from '../../../domain/text/redact.ts';
import type { Finding } from '../../../domain/work-order/finding.ts';
import { type ThreadLimits, ThreadPool } from '../../../stdx/async/thread-pool.ts';
import { ownProgram } from '../../../stdx/files/own-files.ts';
import { errorCode } from '../../../stdx/system-error.ts';
import type { Decision } from '../../../verification/verdict/decide.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import type { RunReport } from '../checks/run-report.ts';
import { judgeFailures } from './failure-catalogue.ts';
import type { JudgeTask, ReadTask } from './judge-task.ts';

const defaultLimits: ThreadLimits = {
  threadsMax: 2,
  // 8 MB of the slowest kind to read take two seconds, and a hundred thousand tests to compare one more; the sources of a
  // change of 450 files, in a repository of 4,700, take a minute.
  cpuMs: 240_000,
  waitMs: 600_000,
  idleMs: 30_000,
  heapMbMax: 2_048,
};

export interface Judge {
  /** Null if nothing was recognised as tests. @throws PermanentError `JUDGE_FAILED`, TransientError `JUDGE_BUSY` */
  read(who: string, task: Omit<ReadTask, 'kind'>, signal: AbortSignal): Promise<RunReport | null>;
  /** The next run that is needed, or what is found, the most severe first. @throws like `read` */
  judge(who: string, task: Omit<JudgeTask, 'kind'>, signal: AbortSignal): Promise<Decision>;
  close(): void;
}

export function createJudge(limits: ThreadLimits = defaultLimits): Judge {
  const pool = new ThreadPool<ReadTask | JudgeTask, unknown>({
    program: ownProgram('engine/workplace/judge/judge-worker'),
    limits,
    failed: (cause) =>
      isOfSystem(cause)
        ? toMooseError(cause, 'workplace', 'verify')
        : judgeFailures.JUDGE_FAILED({ operation: 'verify', cause }),
    busy: () => judgeFailures.JUDGE_BUSY('verify'),
    closing: () => judgeFailures.JUDGE_STOPPED('verify'),
  });
  return {
    read: async (who, task, signal) =>
      (await pool.run(who, { ...task, kind: 'read' }, signal)) as RunReport | null,
    judge: async (who, task, signal) => {
      const decision = (await pool.run(who, { ...task, kind: 'judge' }, signal)) as Decision;
      if ('run' in decision) return decision;
      const proof = decision.proof.map((one) => ({ ...one, redWithout: one.redWithout.map(redact) }));
      return { findings: decision.findings.map(withoutSecrets), proof };
    },
    close: () => pool.close(),
  };
}

/** A disk without room for the report is no fault of what the checks have printed. */
const isOfSystem = (cause: unknown) => /^E[A-Z]+$/.test(errorCode(cause) ?? '');

/** The thread knows only secrets that look like some, not those of this process. */
function withoutSecrets({ text, files, tests, ...finding }: Finding): Finding {
  return { ...finding, text: redact(text), files: files.map(redact), tests: tests.map(redact) };
}

export const judge = createJudge();
