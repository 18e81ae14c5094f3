// How much of a plan the Director approves without asking a person.

export const directorModes = ['policy', 'ask'] as const;
export type DirectorMode = (typeof directorModes)[number];

export interface DirectorLimits {
  /** `ask`: every plan is put before a person. */
  mode: DirectorMode;
  /** What the whole plan may cost at the high end of its estimate. */
  costUsdMax: number;
  /** The same for the work orders whose estimate is not from finished ones. */
  unsureUsdMax: number;
  filesMax: number;
  workOrdersMax: number;
  complexityMax: number;
}

/** Low risk: a small change that a person can read in minutes. */
export const defaultDirectorLimits: DirectorLimits = {
  mode: 'policy',
  costUsdMax: 5,
  unsureUsdMax: 3,
  filesMax: 30,
  workOrdersMax: 8,
  complexityMax: 0.6,
};
