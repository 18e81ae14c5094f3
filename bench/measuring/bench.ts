// What a benchmark is, and what it says: one document of figures and of goals that hold or do not.

export interface BenchOptions {
  /** Fewer rounds: to see that it runs, not to quote. */
  isQuick: boolean;
  signal: AbortSignal;
  /** Progress for a person. */
  note(line: string): void;
}

export interface Figures {
  /** A text says why something is null, or what a name stands for. */
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
  /** Resolves with what was measured, whether or not the goals hold; rejects where it could not be measured. */
  run(options: BenchOptions): Promise<Measured>;
}

export function goalAtMost(what: string, measured: number, atMost: number): Goal {
  return { what, measured, atMost, holds: measured <= atMost };
}
