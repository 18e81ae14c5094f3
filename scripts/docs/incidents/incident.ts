// An incident that users of another system published, and what Moose does in the same situation.
export interface Incident {
  /** Where it was published: issues and pull requests of the systems in which it happened. */
  published: string;
  happened: string;
  /** What Moose does instead; for what cannot occur, why not. */
  moose: string;
  /** The tests that bring Moose into the same situation; none if it cannot occur. */
  replayedBy: readonly ReplayTest[];
}

export interface ReplayTest {
  file: string;
  title: string;
}

/** Tests of one file; its path is given without `.test.ts`. */
export function at(file: string, ...titles: string[]): ReplayTest[] {
  return titles.map((title) => ({ file: `${file}.test.ts`, title }));
}
