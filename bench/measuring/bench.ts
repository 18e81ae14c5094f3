// The interface of a benchmark, and its result: a document with figures and with goals that were met or not.

export interface BenchOptions {
  /** Fewer rounds: enough to see that the benchmark runs, not for results. */
  isQuick: boolean;
  signal: AbortSignal;
  /** For `learning`: a table of outcomes, instead of drawn ones. */
  table?: string;
  /** The number of work orders; for `scale-out`, of those for each place of each machine. */
  orders?: number;
  /** For `scale-out`: the numbers of machines, one round for each. */
  machines?: readonly number[];
  /** For `queue-engines`: which ones. */
  engines?: readonly string[];
  /** For `queue-engines` and `cost`: which measurements; for `green`: which ecosystems or projects. */
  parts?: readonly string[];
  /** For `green`: a folder with other changes than the kept ones. */
  corpus?: string;
  /** Reports progress to a person. */
  note(line: string): void;
}

export interface Figures {
  /** A text explains a null or a name. */
  [name: string]: number | string | null | Figures;
}

export interface Goal {
  what: string;
  measured: number;
  atMost: number;
  holds: boolean;
}

export interface Measured {
  figures: Figures;
  goals: Record<string, Goal>;
}

export interface Bench {
  about: string;
  /** Resolves with the measured figures, whether or not the goals are met; rejects if it could not measure. */
  run(options: BenchOptions): Promise<Measured>;
}

export function goalAtMost(what: string, measured: number, atMost: number): Goal {
  return { what, measured, atMost, holds: measured <= atMost };
}
