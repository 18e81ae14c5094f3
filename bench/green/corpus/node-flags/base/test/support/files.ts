import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A file of flags that is removed after the test. */
export function flagsFile(t: TestContext, flags: unknown): { path: string; write(flags: unknown): void } {
  const folder = mkdtempSync(join(tmpdir(), 'flags-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'flags.json');
  const write = (all: unknown) => writeFileSync(path, JSON.stringify(all));
  write(flags);
  return { path, write };
}
