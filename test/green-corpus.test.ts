// A sample of the corpus of `npm run bench -- green`, judged by the same runs as in the pipeline (R-GREEN-12).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judgeDirectly } from '../bench/green/judge-directly.ts';
import { lackingProgram, readCorpus } from '../bench/green/read-corpus.ts';

/** By project: how many of its cases are left out after each one. The bench judges all. */
const steps: Readonly<Record<string, number>> = {
  'node-test': 9,
  'node-as-asked': 8,
  'vitest-as-asked': 7,
  'lint-and-types': 13,
  pytest: 9,
  unittest: 9,
  'go-as-asked': 11,
  'make-shell': 4,
  'make-caches': 1,
  'build-caches': 2,
};
const needed = { pytest: 'python3 -m pytest --version' } as Readonly<Record<string, string>>;
const projects = readCorpus();

test('R-GREEN-12: the sampled projects are in the corpus, and each of its changes has a patch', () => {
  expect(projects.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(steps)));
  const patches = projects.flatMap(({ cases }) => cases.map(({ patchPath }) => patchPath));
  expect(patches.filter((path) => !existsSync(path))).toEqual([]);
});

test('fear: a check of the corpus runs on the machine alone on which it was written', () => {
  const commands = projects.flatMap(({ setup, checks }) => [
    setup ?? '',
    ...checks.map((each) => each.command),
  ]);
  expect(commands.filter((command) => /(?:^|[\s'"=])\/(?!dev\/|tmp\/)\w/.test(command))).toEqual([]);
});

for (const project of projects) {
  const { name, ecosystem, cases } = project;
  const step = steps[name];
  if (step === undefined) continue;
  const isThere =
    lackingProgram(project) === undefined &&
    spawnSync('sh', ['-c', needed[ecosystem] ?? 'true']).status === 0;
  const sampled = cases.filter((_, index) => index % step === 0);
  test.skipIf(!isThere)(
    `R-GREEN-12: in ${name}${isThere ? '' : ' (which is not installed)'}, changes are judged rightly: ${sampled.map(({ name }) => name).join('; ')}`,
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
