// The other files of a repository that a contract names. Only TypeScript files are compared with it, so changes of the
// others must be reported. Each pattern takes linear time.
import type { ComparedKind } from './comparison.ts';

const reference = /\$ref["']?\s{0,20}:\s{0,20}["']?([^"'#\s,}]{1,300})/g;
const patterns: Readonly<Record<ComparedKind, RegExp>> = {
  typescript: /(?:from|import)\s{0,20}\(?\s{0,20}['"](\.{1,2}\/[^'"\n]{1,300})['"]/g,
  json_schema: reference,
  openapi: reference,
  sql: /^[ \t]{0,50}\\(?:i|ir|include|include_relative)[ \t]{1,20}['"]?([^'"\s]{1,300})/gm,
  protobuf: /^[ \t]{0,50}import[ \t]{1,20}(?:public[ \t]{1,20}|weak[ \t]{1,20})?["']([^"'\n]{1,300})["']/gm,
};

/** The names as written, without duplicates. Network addresses are left out, because they are not in the repository. */
export function namedFilesIn(kind: ComparedKind, text: string): string[] {
  const names = [...text.matchAll(patterns[kind])].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !/^[a-z][a-z0-9+.-]*:/i.test(name));
}
