// The thread that reads reports and judges.
import { parentPort } from 'node:worker_threads';
import { announceThread } from '../../../stdx/async/thread-time.ts';
import { type JudgeTask, judgeRuns, type ReadTask, readRun } from './judge-task.ts';

announceThread();
parentPort?.on('message', async (task: ReadTask | JudgeTask) =>
  parentPort?.postMessage(task.kind === 'read' ? await readRun(task) : await judgeRuns(task)),
);
