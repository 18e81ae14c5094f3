// What a Gemini request may contain besides tokens, in both spellings of each name.
import { type Feature, leaveOut, oneOf } from '../feature.ts';
import type { ToolPolicy } from '../hosted-tools.ts';
import { isObject, type JsonObject } from '../json-value.ts';
import { eitherIn, snakeOf } from './gemini-request.ts';

const otherTariff = 'audio and images are priced separately';

/** Members of the request object. */
export const geminiFeatures: readonly Feature[] = inBothSpellings([
  {
    field: 'serviceTier',
    isBounded: oneOf('standard', 'SERVICE_TIER_UNSPECIFIED'),
    otherwise: leaveOut,
    because: 'another tier has another price',
  },
  {
    field: 'model',
    isBounded: () => false,
    otherwise: leaveOut,
    because: 'the model comes from the path',
  },
]);

/** Members of `generationConfig`. */
export const geminiSettings: readonly Feature[] = inBothSpellings([
  {
    field: 'candidateCount',
    isBounded: oneOf(1),
    otherwise: 'refuse',
    because: 'each additional answer costs as much again',
  },
  {
    field: 'responseModalities',
    isBounded: (value) => Array.isArray(value) && value.every((each) => /^text$/i.test(String(each))),
    otherwise: 'refuse',
    because: otherTariff,
  },
  { field: 'speechConfig', isBounded: () => false, otherwise: 'refuse', because: otherTariff },
]);

function inBothSpellings(features: readonly Feature[]): Feature[] {
  return features.flatMap((feature) => {
    const snake = snakeOf(feature.field);
    return snake === feature.field ? [feature] : [feature, { ...feature, field: snake }];
  });
}

/** Kinds of tools that the client runs itself. */
const clientsKinds = new Set([
  'functionDeclarations',
  'function_declarations',
  'computerUse',
  'computer_use',
]);

/**
 * One object may hold several kinds: the provider's kinds are removed from it. `first` is the name of the first removed
 * kind.
 */
export function clientsTools(tools: readonly unknown[]): { kept: JsonObject[]; first: string | null } {
  const all = tools.filter(isObject);
  const kept = all
    .map((tool) => Object.fromEntries(Object.entries(tool).filter(([kind]) => clientsKinds.has(kind))))
    .filter((tool) => Object.keys(tool).length > 0);
  const first = all.flatMap((tool) => Object.keys(tool)).find((kind) => !clientsKinds.has(kind)) ?? null;
  return { kept, first };
}

/** Tools inside a conversation; Gemini itself has none there. */
export const geminiTools: ToolPolicy = {
  isClients: (tool) => clientsTools([tool]).first === null,
  nameOf: (tool) => clientsTools([tool]).first ?? 'unknown',
};

export function hasComputer(tools: readonly unknown[]): boolean {
  return tools.some((tool) => eitherIn(tool, 'computerUse') !== undefined);
}
