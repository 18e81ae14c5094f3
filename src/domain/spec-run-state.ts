/** How far the approved plan of a spec is. While `approved` or `paused`, no further work order starts. */
export const specRunStates = ['approved', 'running', 'paused', 'done', 'cancelled'] as const;
export type SpecRunState = (typeof specRunStates)[number];
