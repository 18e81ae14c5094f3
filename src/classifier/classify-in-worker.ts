// Classifies a failure that somebody else describes: a large output is read in a thread, so that it holds up nobody else.

import type { PermanentError, TransientError } from '../domain/failure.ts';
import { type ThreadLimits, ThreadPool } from '../stdx/async/thread-pool.ts';
import { ownProgram } from '../stdx/files/own-files.ts';
import { classifyFailure } from './classify-failure.ts';
import type { Classification, FailureCase } from './failure-case.ts';
import { classifierFailures } from './failure-catalogue.ts';

/** @throws PermanentError `CLASSIFICATION_FAILED`, or the reason of `signal` */
type WorkerClassifier = (who: string, failure: FailureCase, signal: AbortSignal) => Promise<Classification>;

const defaultLimits: ThreadLimits = {
  threadsMax: 2,
  cpuMs: 5_000,
  waitMs: 60_000,
  idleMs: 30_000,
  heapMbMax: 512,
};
/** Output of this size takes a few milliseconds. */
const charsHereMax = 4_096;

export function createWorkerClassifier(limits: ThreadLimits = defaultLimits): WorkerClassifier {
  const pool = new ThreadPool<FailureCase, Classification>({
    program: ownProgram('classifier/classify-worker'),
    limits,
    failed,
    busy,
    closing: stopped,
  });
  return async (who, failure, signal) =>
    JSON.stringify(failure).length <= charsHereMax
      ? classifyFailure(failure)
      : pool.run(who, failure, signal);
}

const fields = { operation: 'classify' };

function failed(cause?: unknown): PermanentError {
  return classifierFailures.CLASSIFICATION_FAILED({ ...fields, cause });
}

function busy(): TransientError {
  return classifierFailures.CLASSIFIER_BUSY(fields);
}

function stopped(): TransientError {
  return classifierFailures.CLASSIFIER_STOPPED(fields);
}
