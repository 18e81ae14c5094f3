// How strong a model a work order needs, the strongest first.
export const modelTiers = ['strong', 'standard', 'light'] as const;
export type ModelTier = (typeof modelTiers)[number];
