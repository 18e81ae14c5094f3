// How much of a plan the Director approves without asking a person.

export const directorModes = ['policy', 'ask'] as const;
export type DirectorMode = (typeof directorModes)[number];

export interface DirectorLimits {
  /** `ask`: a person has to approve every plan. */
  mode: DirectorMode;
  /** What the whole plan may cost at the high end of its estimate. */
  costUsdMax: number;
  /** The same limit, for work orders whose estimate is not based on finished ones. */
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

/** The highest allowed value of each limit. */
export const directorMax = {
  cost_usd: 10_000,
  unsure_usd: 10_000,
  files: 10_000,
  work_orders: 200,
  complexity: 1,
} as const;

/** What a project sets instead of the system's limits. */
export type ProjectDirector = Partial<{ mode: DirectorMode } & Record<keyof typeof directorMax, number>>;

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

export type DirectorName = keyof ProjectDirector;
export const directorNames = [
  'mode',
  'cost_usd',
  'unsure_usd',
  'files',
  'work_orders',
  'complexity',
] as const satisfies readonly DirectorName[];

/** The limits that are counts; the others may have decimals. */
const counts: readonly DirectorName[] = ['files', 'work_orders'];

export function isDirectorName(name: string): name is DirectorName {
  return directorNames.some((each) => each === name);
}

export function isDirectorValue(name: DirectorName, value: string | number): boolean {
  if (name === 'mode') return directorModes.some((mode) => mode === value);
  const isWhole = !counts.includes(name) || Number.isInteger(value);
  return typeof value === 'number' && value >= 0 && value <= directorMax[name] && isWhole;
}

/** The allowed values in words, as in "a whole number from 0 to 200". */
export function directorRange(name: DirectorName): string {
  if (name === 'mode') return directorModes.join(' or ');
  return `a ${counts.includes(name) ? 'whole ' : ''}number from 0 to ${directorMax[name]}`;
}

/** The limits by the names under which people set them. */
export function namedLimits(limits: DirectorLimits): Required<ProjectDirector> {
  return {
    mode: limits.mode,
    cost_usd: limits.costUsdMax,
    unsure_usd: limits.unsureUsdMax,
    files: limits.filesMax,
    work_orders: limits.workOrdersMax,
    complexity: limits.complexityMax,
  };
}

/** Whether the Director may approve more with `next` than with `now`. */
export function isLooser(
  name: DirectorName,
  now: string | number | undefined,
  next: string | number | undefined,
): boolean {
  return name === 'mode' ? now !== 'policy' && next === 'policy' : Number(next) > Number(now);
}
