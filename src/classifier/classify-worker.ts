// The thread that classifies large outputs.
import { parentPort } from 'node:worker_threads';
import { announceThread } from '../stdx/async/thread-time.ts';
import { classifyFailure } from './classify-failure.ts';
import type { FailureCase } from './failure-case.ts';

announceThread();
parentPort?.on('message', (failure: FailureCase) => parentPort?.postMessage(classifyFailure(failure)));
