/** The progress of a spec's approved plan. While `approved` or `paused`, no further work order starts. */
export const specRunStates = ['approved', 'running', 'paused', 'done', 'cancelled'] as const;
export type SpecRunState = (typeof specRunStates)[number];
