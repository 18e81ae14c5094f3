// The other files of a repository that a contract names. Only those of TypeScript are compared with it, so a change of
// one of the others must be told. Each pattern takes time in proportion to the text.
import type { ComparedKind } from './comparison.ts';

const reference = /\$ref["']?\s{0,20}:\s{0,20}["']?([^"'#\s,}]{1,300})/g;
const patterns: Readonly<Record<ComparedKind, RegExp>> = {
  typescript: /(?:from|import)\s{0,20}\(?\s{0,20}['"](\.{1,2}\/[^'"\n]{1,300})['"]/g,
  json_schema: reference,
  openapi: reference,
  sql: /^[ \t]{0,50}\\(?:i|ir|include|include_relative)[ \t]{1,20}['"]?([^'"\s]{1,300})/gm,
  protobuf: /^[ \t]{0,50}import[ \t]{1,20}(?:public[ \t]{1,20}|weak[ \t]{1,20})?["']([^"'\n]{1,300})["']/gm,
};

/** As they are written, each once. What is on the network is no file of the repository. */
export function namedFilesIn(kind: ComparedKind, text: string): string[] {
  const names = [...text.matchAll(patterns[kind])].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !/^[a-z][a-z0-9+.-]*:/i.test(name));
}
