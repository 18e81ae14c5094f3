import type { ComparedKind } from './comparison.ts';

/** By the ending of the name; JSON and YAML by what their text says. Undefined if nothing tells. */
export function guessKind(path: string, text: string): ComparedKind | undefined {
  if (/\.[cm]?[jt]sx?$/i.test(path)) return 'typescript';
  if (/\.proto$/i.test(path)) return 'protobuf';
  if (/\.sql$/i.test(path)) return 'sql';
  if (!/\.(?:json|ya?ml)$/i.test(path)) return undefined;
  return /(?:^|[\s{,])["']?openapi["']?\s*:/m.test(text) ? 'openapi' : 'json_schema';
}
