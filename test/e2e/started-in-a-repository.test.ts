// Must not happen: Moose is started in a repository, and a file of the repository is run outside of any sandbox.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, openGround } from './ground.fixture.ts';
import { startMoose } from './moose-process.ts';

/** The packages that Moose contains look for such files. */
const names = [
  'graphile-worker.config.cjs',
  'graphile-worker.config.js',
  '.graphile-workerrc.cjs',
  '.graphile-workerrc.js',
  '.config/graphile-workerrc.cjs',
];

let ground: Ground;
beforeAll(async () => {
  ground = await openGround({}, { works: false });
});
afterAll(() => ground.close());

test('fear: a worker that is started in a repository runs a file of it', async () => {
  const folder = join(ground.shared, 'planted');
  const mark = join(ground.shared, 'mark');
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`);
  }
  const worker = await startMoose({
    databaseUrl: ground.config.databaseUrl ?? '',
    dataDirectory: ground.config.dataDirectory,
    scriptedBaseUrl: ground.provider.baseUrl,
    cwd: folder,
  });
  expect(worker.exitCode()).toBeNull();
  expect(existsSync(mark)).toBe(false);
  await worker.stop();
  expect(worker.exitCode()).toBe(0);
});
