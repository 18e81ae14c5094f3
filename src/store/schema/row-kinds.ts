import type { Tables } from './tables.ts';

export type EffectKind = Tables['effects']['kind'];

export type CircuitKind = Tables['circuitStates']['kind'];
