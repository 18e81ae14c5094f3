// A sample of the corpus of `npm run bench -- green`, judged by the same runs as in the pipeline (R-GREEN-12).
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { buildCaches, makeCaches } from '../bench/green/corpus/build-caches.ts';
import { goAsAsked } from '../bench/green/corpus/go-as-asked.ts';
import { nodeAsAsked, vitestAsAsked } from '../bench/green/corpus/javascript-as-asked.ts';
import { lintAndTypes } from '../bench/green/corpus/lint-and-types.ts';
import { makeShell } from '../bench/green/corpus/make-shell.ts';
import { nodeTest } from '../bench/green/corpus/node-test.ts';
import { pytestProject } from '../bench/green/corpus/pytest.ts';
import { unittestProject } from '../bench/green/corpus/unittest.ts';
import { judgeDirectly } from '../bench/green/judge-directly.ts';

/** How many of a project's cases are left out after each one: the bench judges all. */
const steps = [
  [nodeTest, 9],
  [nodeAsAsked, 8],
  [vitestAsAsked, 7],
  [lintAndTypes, 13],
  [pytestProject, 9],
  [unittestProject, 9],
  [goAsAsked, 11],
  [makeShell, 4],
  [makeCaches, 1],
  [buildCaches, 2],
] as const;
const needed = { pytest: 'python3 -m pytest --version' } as Readonly<Record<string, string>>;

for (const [{ needs, ...project }, step] of steps) {
  const { ecosystem, cases } = project;
  const asked = needed[ecosystem] ?? (needs === undefined ? 'true' : `command -v ${needs}`);
  const isThere = spawnSync('sh', ['-c', asked]).status === 0;
  const sampled = cases.filter((_, index) => index % step === 0);
  test.skipIf(!isThere)(
    `R-GREEN-12: in ${ecosystem}${isThere ? '' : ' (which is not installed)'}, changes are judged rightly: ${sampled.map(({ name }) => name).join('; ')}`,
    async () => {
      for (const green of sampled) {
        const { verdict, findings } = await judgeDirectly(project, green);
        expect({ name: green.name, isRefused: verdict !== 'verified', findings }).toMatchObject({
          isRefused: green.isCheat,
        });
      }
    },
    120_000,
  );
}
