// Gives memory back to the machine once work has ended. V8 collects garbage when more is made: without work, it would keep
// for hours what the last work order left, or the start.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The next work order often comes within seconds. */
const idleMsDefault = 20_000;

export interface IdleOptions {
  idleMs?: number;
  /** What else holds memory that only work needs. It is called first, and never rejects. */
  letGo?: () => Promise<void>;
  collect?: () => void;
}

export interface IdleCollection {
  /** Runs work; after a pause without any, garbage is collected once. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Nothing is collected any more. */
  end(): void;
}

export function collectWhenIdle({
  idleMs = idleMsDefault,
  letGo = () => Promise.resolve(),
  collect = collectGarbage,
}: IdleOptions = {}): IdleCollection {
  let running = 0;
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;
  return {
    during: async (work) => {
      running += 1;
      clearTimeout(timer);
      try {
        return await work();
      } finally {
        running -= 1;
        if (running === 0 && !isEnded) timer = setTimeout(() => void letGo().then(collect), idleMs).unref();
      }
    },
    end: () => {
      isEnded = true;
      clearTimeout(timer);
    },
  };
}

let collector: (() => void) | undefined;

/** Takes 60 ms of processor time for a heap of 60 MB. Eight seconds later, V8 collects again and returns the memory. */
function collectGarbage(): void {
  if (!collector) {
    // By default, V8 then collects a third time, for 1 MB.
    setFlagsFromString('--memory-reducer-gc-count=1');
    // Only contexts that are made later have the function.
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
  }
  collector();
}
