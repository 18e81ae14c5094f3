import type { Task } from './tasks.ts';

/** What became of the tasks. */
export interface Results {
  /** The tasks whose change and its test are on a branch of the remote. */
  landed: number;
  /** The tasks that have more than one commit there. */
  doubled: number;
  /** The tasks that are not open any more, landed or not. */
  ended: number;
  /** Those of them that did not land. */
  failed: number;
  /** The questions to a person. */
  questions: number;
}

export interface Contender {
  /** Starts it with these tasks; resolves when it has them. */
  begin(tasks: readonly Task[]): Promise<void>;
  /** Starts it again after a kill; resolves when it works. It has to know its tasks. */
  startAgain(): Promise<void>;
  /** SIGKILL to it and everything in its group. Agents may have groups of their own. */
  kill(): void;
  results(tasks: readonly Task[]): Promise<Results>;
  close(): Promise<void>;
}
