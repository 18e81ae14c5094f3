import type { ComparedKind } from './comparison.ts';

/** Guesses by the name's ending, and for JSON and YAML by the content. Undefined if that is not enough. */
export function guessKind(path: string, text: string): ComparedKind | undefined {
  if (/\.[cm]?[jt]sx?$/i.test(path)) return 'typescript';
  if (/\.proto$/i.test(path)) return 'protobuf';
  if (/\.sql$/i.test(path)) return 'sql';
  if (!/\.(?:json|ya?ml)$/i.test(path)) return undefined;
  return /(?:^|[\s{,])["']?openapi["']?\s*:/m.test(text) ? 'openapi' : 'json_schema';
}
