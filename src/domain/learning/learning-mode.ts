/**
 * off: nothing is decided or learned. shadow: the learned policy decides and learns, but the static rule acts. on: the
 * learned policy acts, once it has seen enough.
 */
export const learningModes = ['off', 'shadow', 'on'] as const;
export type LearningMode = (typeof learningModes)[number];
