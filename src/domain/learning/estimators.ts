/** Ways to estimate from a log of decisions what a fixed plan would have done: see `src/engine/learning/replay`. */
export const estimators = ['ips', 'snips', 'dr'] as const;
export type Estimator = (typeof estimators)[number];
