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

/** What a project sets instead of the system's limits. */
export interface ProjectDirector {
  mode?: DirectorMode;
  cost_usd?: number;
  unsure_usd?: number;
  files?: number;
  work_orders?: number;
  complexity?: number;
}

export function limitsFor(system: DirectorLimits, project: ProjectDirector = {}): DirectorLimits {
  return {
    mode: project.mode ?? system.mode,
    costUsdMax: project.cost_usd ?? system.costUsdMax,
    unsureUsdMax: project.unsure_usd ?? system.unsureUsdMax,
    filesMax: project.files ?? system.filesMax,
    workOrdersMax: project.work_orders ?? system.workOrdersMax,
    complexityMax: project.complexity ?? system.complexityMax,
  };
}
