import { readFileSync } from 'node:fs';

/** The program of `docs/concepts/the-core.md`, as it is. */
export function coreProgram(): string {
  const text = readFileSync(new URL('../../examples/core/core.ts', import.meta.url), 'utf8');
  return `\`\`\`ts\n${text.trimEnd()}\n\`\`\``;
}
