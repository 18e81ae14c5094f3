// Compares two texts of a contract in a separate thread, with limits on time and memory: the texts come from a
// repository, and some keep a compiler busy for hours. An aborted comparison counts as impossible.
import { Worker } from 'node:worker_threads';
import { ownProgram } from '../stdx/files/own-files.ts';
import type { CompareReply, CompareTask } from './compare-worker.ts';
import type { ComparedKind, Comparison, Pair } from './comparison.ts';

export interface CompareBounds {
  /** A real contract takes a second, and ten on a busy machine. */
  timeMs: number;
  heapMbMax: number;
}

const defaultBounds: CompareBounds = { timeMs: 60_000, heapMbMax: 512 };
const workerPath = ownProgram('compatibility/compare-worker');

/** @throws the reason of `signal` */
export async function compareInWorker(
  kind: ComparedKind,
  pair: Pair,
  signal?: AbortSignal,
  { timeMs, heapMbMax }: CompareBounds = defaultBounds,
): Promise<Comparison> {
  signal?.throwIfAborted();
  const worker = new Worker(workerPath, {
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax, stackSizeMb: 4 },
  });
  const task: CompareTask = { kind, pair };
  try {
    return await new Promise<Comparison>((resolve, reject) => {
      const timer = setTimeout(
        () => resolve(impossible(`comparing it took longer than ${timeMs / 1_000} s`)),
        timeMs,
      );
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      worker.once('message', (reply: CompareReply) => resolve(reply));
      worker.once('error', (cause: NodeJS.ErrnoException) => resolve(impossible(reasonOf(cause))));
      worker.once('exit', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        resolve(impossible('the comparison ended without an answer'));
      });
      worker.postMessage(task);
    });
  } finally {
    await worker.terminate();
  }
}

const reasonCharsMax = 200;

/** A compiler that crashes has not read the text: either the text is at fault, or a person must see the crash. */
function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'comparing it takes too much memory';
  const [first = ''] = message.split('\n');
  return `the comparison crashed: ${first.slice(0, reasonCharsMax).toWellFormed()}`;
}

const impossible = (because: string): Comparison => ({ is: 'unreadable', side: 'after', because });
