/** The result of checking one thing that a run needs. */
export interface Diagnosis {
  name: string;
  /** `missing` prevents all work; `warning` prevents some of it, or will. */
  state: 'ok' | 'warning' | 'missing';
  found: string;
  /** How to fix it; null if nothing is wrong. */
  advice: string | null;
}
