// Projects that are published for others: they are added by their URL alone, `moose init` proves how they are set up and
// checked, and a real agent runs their own tests in its first cycle (R-PROJ-1 to R-PROJ-3). Only `npm run test:long` runs it.
import { expect, test } from 'vitest';
import { git } from '../repository.fixture.ts';
import { commandMsMax, openReal } from './ground.fixture.ts';
import { recipes } from './recipes.fixture.ts';

const warmMsMax = 2_000;

const note = 'note.md';

test.each(recipes)(
  'R-PROJ-3: $name, a $ecosystem from its registry: proved, tested by an agent, and prepared once',
  async (recipe) => {
    const command = `${recipe.test} && echo passed > ${note}`;
    const ground = await openReal(recipe, command);
    const { commands } = await ground.init();
    const proofs = commands.map(({ kind, proof }) => `${kind} ${proof?.outcome}`);
    const told = JSON.stringify(commands, null, 1);
    expect(proofs, told).toEqual(expect.arrayContaining(['setup passed', 'test passed']));
    await ground.push('Configure Moose');
    expect((await ground.add()).warnings).toEqual([]);
    for (const [title, way] of [
      ['First', 'setup'],
      ['Second', 'cache'],
    ] as const) {
      const detail = await ground.run(`${title} change`);
      expect(detail, JSON.stringify(detail.failure)).toMatchObject({
        ...{ status: 'completed', failure: null },
        ...{ verification: { is_verified: true }, counters: { agent_runs: 1, refinement_cycles: 0 } },
      });
      await git(ground.clone, 'fetch', '--quiet', 'origin');
      const changed = await git(
        ground.clone,
        'diff',
        '--name-only',
        'origin/main',
        `origin/${detail.branch}`,
      );
      expect(changed).toBe(note);
      const prepared = await ground.prepared(detail.id);
      expect(prepared.way).toBe(way);
      if (way === 'cache') expect(prepared.durationMs).toBeLessThan(warmMsMax);
    }
  },
  commandMsMax,
);
