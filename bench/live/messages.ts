// The messages between the processes of this benchmark.

/** `error`: an error as the error log records it. `ask`: a work order stops, and a question is asked. */
export type WriterAct =
  | { act: 'error'; workOrderId: string; words: string }
  | { act: 'step'; workOrderId: string }
  | { act: 'ask'; workOrderId: string; escalationId: string }
  | { act: 'answer'; workOrderId: string }
  | { act: 'status'; workOrderId: string; from: 'in_progress' | 'needs_review' };

export interface Written {
  /** The time just before the write, in milliseconds of the machine's clock. */
  atMs: number;
  /** The ID of the row that reports it. */
  subject: string;
}

export interface WatchersAsk {
  url: string;
  tokens: readonly string[];
  /** The path that each of them loads again, by the first word of its query key. */
  paths: Readonly<Record<string, string>>;
}

export interface WatchersReport {
  live: number;
  /** How many requests they have made so far; below, how many of those were refused. */
  reads: number;
  refused: number;
}
