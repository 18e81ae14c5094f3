/** One thing that a run needs, looked at. */
export interface Diagnosis {
  name: string;
  /** `missing` stops work; `warning` stops some of it, or will. */
  state: 'ok' | 'warning' | 'missing';
  found: string;
  /** How to fix it; null where nothing is wrong. */
  advice: string | null;
}
