// Tables of simulated outcomes: each structure is hard for a policy in a different way.
import { normal, type Random, seededRandom } from '../../../stdx/random.ts';
import { missing, type OutcomeTable, type TableArm } from './outcome-table.ts';

export interface Structure {
  arms: number;
  tasks?: number;
  /** The spread of the tasks' difficulty, in logits; 0: arms fail independently. */
  spread?: number;
  kinds?: number;
  /** The arms' abilities, in logits; random by default. */
  abilities?: readonly number[];
  costSpread?: number;
  missingShare?: number;
  withoutHints?: boolean;
  seed: number;
}

export const structures: Readonly<Record<string, Omit<Structure, 'seed'>>> = {
  usual: { arms: 6 },
  independent: { arms: 6, spread: 0 },
  nested: { arms: 6, spread: 5 },
  few_arms: { arms: 3 },
  many_arms: { arms: 16 },
  kinds: { arms: 6, kinds: 4 },
  all_equal: { arms: 6, abilities: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5] },
  one_dominant: { arms: 6, abilities: [3, -1, -1, -1, -1, -1] },
  heavy_costs: { arms: 6, costSpread: 1.5 },
  missing_cells: { arms: 6, missingShare: 0.3 },
  without_hints: { arms: 6, withoutHints: true },
};

export function syntheticTable(structure: Structure): OutcomeTable {
  const { arms, tasks = 500, kinds = 1, spread = 2.5, seed } = structure;
  const random = seededRandom(seed * 7_919 + 17);
  const difficulties = Array.from({ length: tasks }, () => spread * normal(random));
  const kindOfTask = Array.from({ length: tasks }, () => Math.floor(random() * kinds));
  const drawn = Array.from({ length: arms }, (_, arm) =>
    drawArm(structure, `arm-${arm}`, {
      random,
      difficulties,
      kindOfTask,
      ability: structure.abilities?.[arm],
    }),
  );
  return {
    tasks: kindOfTask.map((kind, index) => ({
      id: `task-${index}`,
      kind: `kind-${kind}`,
      features: { kind: `kind-${kind}` },
    })),
    arms: drawn,
    missingCells: drawn.reduce(
      (sum, { passes }) => sum + passes.filter((cell) => cell === missing).length,
      0,
    ),
  };
}

interface Ground {
  random: Random;
  difficulties: readonly number[];
  kindOfTask: readonly number[];
  ability: number | undefined;
}

function drawArm(structure: Structure, arm: string, ground: Ground): TableArm {
  const { kinds = 1, costSpread = 0.7, missingShare = 0, withoutHints = false } = structure;
  const { random, difficulties, kindOfTask } = ground;
  const abilities = Array.from({ length: kinds }, () => ground.ability ?? 0.3 + 1.7 * normal(random));
  const meanCost = Math.exp(normal(random) - 1.5);
  const passes = Uint8Array.from(difficulties, (difficulty, task) => {
    const logit = (abilities[kindOfTask[task] ?? 0] ?? 0) - difficulty;
    const passed = Number(random() < 1 / (1 + Math.exp(-logit)));
    return random() < missingShare ? missing : passed;
  });
  const costs = Float64Array.from(
    passes,
    (passed) =>
      meanCost * Math.exp(costSpread * normal(random) - costSpread ** 2 / 2) * (passed === 1 ? 0.8 : 1.5),
  );
  const hint = (costs.reduce((sum, cost) => sum + cost, 0) / costs.length) * Math.exp(0.5 * normal(random));
  return { arm, passes, costs, costHint: withoutHints ? null : hint };
}
