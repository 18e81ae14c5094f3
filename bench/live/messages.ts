// What the processes of this benchmark tell each other.

/** `error`: as the error log records one. `ask`: a work order stands, and a question is asked. */
export type WriterAct =
  | { act: 'error'; workOrderId: string; words: string }
  | { act: 'step'; workOrderId: string }
  | { act: 'ask'; workOrderId: string; escalationId: string }
  | { act: 'answer'; workOrderId: string }
  | { act: 'status'; workOrderId: string; from: 'in_progress' | 'needs_review' };

export interface Written {
  /** The moment before it was written, in milliseconds of the machine's clock. */
  atMs: number;
  /** Of the row that tells of it. */
  subject: string;
}

export interface WatchersAsk {
  url: string;
  tokens: readonly string[];
  /** What each of them reads again, by the first word of its key. */
  paths: Readonly<Record<string, string>>;
}

export interface WatchersReport {
  live: number;
  /** What they have read so far, and how much of that was refused. */
  reads: number;
  refused: number;
}
