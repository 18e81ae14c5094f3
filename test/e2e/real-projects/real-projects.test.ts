// Projects that are published for others: they are added by their URL alone, `moose init` proves how they are set up and
// checked, and a real agent runs their own tests in its first cycle (R-PROJ-1 to R-PROJ-3). The second ring runs one for each
// language of which the toolchain is there; `npm run test:projects` runs all, and fails without a toolchain. How long a
// worktree takes to prepare is printed, and measured by `npm run bench -- prepare`.
import { expect, test } from 'vitest';
import { findOnPath } from '../../../src/sessions/resolve-program.ts';
import { isLong, longOr } from '../../long.ts';
import { git } from '../repository.fixture.ts';
import { commandMsMax, openReal, type RealGround } from './ground.fixture.ts';
import { recipes } from './recipes.fixture.ts';

const note = 'note.md';
/** The others differ from these in data only, or compile for minutes. */
const inSecondRing = new Set(['streams', 'itsdangerous', 'lru-cache']);
const seconds = (ms: number) => (ms / 1_000).toFixed(1);

async function timed<T>(act: () => Promise<T>): Promise<[T, ms: number]> {
  const from = performance.now();
  return [await act(), performance.now() - from];
}

/** Runs a work order, and returns how its worktree was prepared. */
async function change(ground: RealGround, title: string) {
  const [detail, ms] = await timed(() => ground.run(title));
  expect(detail, await ground.logs(detail.id)).toMatchObject({
    status: 'completed',
    failure: null,
    verification: { is_verified: true },
    counters: { agent_runs: 1, refinement_cycles: 0 },
  });
  await git(ground.clone, 'fetch', '--quiet', 'origin');
  const range = ['origin/main', `origin/${detail.branch}`];
  expect(await git(ground.clone, 'diff', '--name-only', ...range)).toBe(note);
  return { ...(await ground.prepared(detail.id)), ms };
}

const isMissing = (program: string) => findOnPath(program, process.env.PATH ?? '', '/') === null;

test.for(recipes)(
  'R-PROJ-3: $name, a $ecosystem from its registry: proved, tested by an agent, and prepared once',
  { timeout: longOr(2, 1) * commandMsMax },
  async (recipe, { skip }) => {
    const missing = recipe.needs.filter(isMissing);
    if (!isLong) {
      skip(missing.length > 0, `needs ${missing.join(' and ')}`);
      skip(!inSecondRing.has(recipe.name), '`npm run test:projects` runs it');
    }
    const ground = await openReal(recipe, `${recipe.test} && echo passed > ${note}`);
    const [{ commands }, initMs] = await timed(() => ground.init());
    const proofs = commands.map(({ kind, proof }) => `${kind} ${proof?.outcome}`);
    const told = JSON.stringify(commands, null, 1);
    expect(proofs, told).toEqual(expect.arrayContaining(['setup passed', 'test passed']));
    await ground.push('Configure Moose');
    expect((await ground.add()).warnings).toEqual([]);
    const first = await change(ground, 'First change');
    const second = await change(ground, 'Second change');
    process.stdout.write(
      `${recipe.ecosystem}: init ${seconds(initMs)} s; work orders ${seconds(first.ms)} s and ${seconds(second.ms)} s; prepared in ${seconds(first.tookMs)} s, then in ${seconds(second.tookMs)} s, after waits of ${seconds(first.waitedMs)} s and ${seconds(second.waitedMs)} s\n`,
    );
    expect([first.way, second.way]).toEqual(['setup', 'cache']);
  },
);
