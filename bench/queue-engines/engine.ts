// What Moose asks of a queue, and nothing more. Each driver fulfils it with the public interface of its engine.
import type pg from 'pg';

/** One leg of a run. Two jobs of the same leg are the same job. */
export interface Job {
  runId: string;
  leg: number;
  /** The fence of the take-up whose process died: the leg is added once more. */
  again?: number;
  delayMs?: number;
  /** Lower is sooner. */
  priority?: number;
}

export interface WorkOptions {
  url: string;
  workerId: string;
  /** How many runs at the same time. */
  slots: number;
  /** The engine's connections come from here, so that their statements are counted and silent ones are noticed. */
  pool: pg.Pool;
  /** Rejects if the work is not done; the engine must then keep the job of whoever has it now. */
  execute(runId: string): Promise<void>;
  warn(text: string): void;
}

export interface EngineWorker {
  /** The engine's own name for this process. */
  id: string;
  /** Returns the jobs of a dead process to the queue. */
  giveBack(dead: { id: string; jobs: readonly Job[] }): Promise<void>;
  close(): Promise<void>;
}

export interface Producer {
  /** In the transaction of the client, if it has one. */
  enqueue(client: pg.ClientBase, jobs: readonly Job[]): Promise<void>;
  cancel(job: Job): Promise<void>;
  close(): Promise<void>;
}

export interface QueueEngine {
  name: EngineName;
  /** As npm installs it. */
  packageSpec: string;
  schema: string;
  migrate(url: string): Promise<void>;
  work(options: WorkOptions): Promise<EngineWorker>;
  /** A process that only adds jobs. */
  produce(url: string, pool: pg.Pool): Promise<Producer>;
}

export const engineNames = ['dbos', 'graphile-worker', 'pg-boss'] as const;
export type EngineName = (typeof engineNames)[number];

/** Far more often than any run is taken up: Moose itself counts that, and asks a person. */
export const attemptsMax = 32_767;
export const lookEveryMs = 1_000;
