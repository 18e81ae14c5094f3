// A sample of the corpus of `npm run bench -- green`, judged by the same runs as in the pipeline (R-GREEN-12).
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { nodeTest } from '../bench/green/corpus/node-test.ts';
import { pytestProject } from '../bench/green/corpus/pytest.ts';
import { judgeDirectly } from '../bench/green/judge-directly.ts';

/** Every third case: the bench judges all. */
const sampled = [nodeTest, pytestProject].flatMap((project) =>
  project.cases.flatMap((green, index) => (index % 3 === 0 ? [{ project, green }] : [])),
);

const hasPytest = spawnSync('python3', ['-m', 'pytest', '--version']).status === 0;

for (const { project, green } of sampled)
  test.skipIf(project.ecosystem === 'pytest' && !hasPytest)(
    `R-GREEN-12: in ${project.ecosystem}, a change is judged rightly: ${green.name}`,
    async () => {
      const { verdict, findings } = await judgeDirectly(project, green);
      expect({ isRefused: verdict !== 'verified', findings }).toMatchObject({ isRefused: green.isCheat });
    },
    60_000,
  );
