import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';

// Biome's promise rules are new: they are off unless each is named, and a new version may rename them. So they have to
// find planted faults here, with the project's own settings. They recognise promises of our own code, even in other
// files, but not those of packages and of Node.

const rootPath = fileURLToPath(new URL('..', import.meta.url));
const scratchPath = mkdtempSync(join(tmpdir(), 'moose-lint-'));
afterAll(() => rmSync(scratchPath, { recursive: true, force: true }));

const reportSchema = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      location: z.object({ path: z.string(), start: z.object({ line: z.number() }) }),
    }),
  ),
});

test('fear: a promise rule stops working and nobody notices', () => {
  cpSync(join(rootPath, 'test/fixtures/planted-lint'), scratchPath, { recursive: true });
  const settings = {
    root: true,
    extends: [join(rootPath, 'biome.json')],
    vcs: { enabled: false },
    files: { includes: ['*.ts'] },
  };
  writeFileSync(join(scratchPath, 'biome.json'), JSON.stringify(settings));
  expect(lint()).toEqual([
    'promises.ts:6 lint/nursery/noFloatingPromises',
    'promises.ts:10 lint/nursery/noMisusedPromises',
    'switches.ts:6 lint/nursery/useExhaustiveSwitchCases',
  ]);
});

function lint(): string[] {
  const biomePath = join(rootPath, 'node_modules/.bin/biome');
  const run = spawnSync(biomePath, ['lint', '--reporter=json', '.'], { cwd: scratchPath, encoding: 'utf8' });
  expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 1 });
  const { diagnostics } = reportSchema.parse(JSON.parse(run.stdout));
  return diagnostics.map(({ category, location }) => `${location.path}:${location.start.line} ${category}`);
}
