// The labelled runs: a scripted model's behaviour in each, chosen by its seed. A task has some defects; the check
// reports those that are left. What happens in a cycle depends only on the seed and the cycle.
import { randomOf } from '../../src/engine/learning/replay/replay-table.ts';

export const behaviours = [
  'able',
  'slow',
  'lost',
  'swings',
  'stubborn',
  'bloats',
  'breaks',
  'refuses',
  'late',
] as const;
export type Behaviour = (typeof behaviours)[number];

export interface Variant {
  seed: number;
  behaviour: Behaviour;
  defects: number;
  cyclesMax: number;
  /** The style in which the check reports defects; styles differ like tools. */
  tool: number;
}

/** The result of one cycle: which defects are left, and useless answers. */
export interface Move {
  left: boolean[];
  /** Extra lines of code that change nothing. */
  bulk: number;
  uselessAnswers: number;
  /** The index of an earlier cycle whose lines are written again. */
  goesBackTo: number | null;
}

const cyclesOfGroups = [3, 4, 6];

export function variantOf(seed: number): Variant {
  const random = randomOf(seed, 0, 1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return {
    seed,
    behaviour: pick(behaviours),
    defects: 1 + Math.floor(random() * 5),
    cyclesMax: cyclesOfGroups[seed % cyclesOfGroups.length] ?? 4,
    tool: Math.floor(random() * 4),
  };
}

interface Habit {
  /** The probabilities of repairing a defect, breaking a repaired one, and changing nothing at all. */
  repairs: number;
  breaks: number;
  idles: number;
  useless: number;
  bulk: number;
  swings: number;
}

/** Varies a behaviour's habits from run to run, so that the same sign does not always mean the same end. */
function habitOf({ seed, behaviour }: Variant): Habit {
  const random = randomOf(seed, 0, 2);
  const about = (middle: number, spread = 0.15) =>
    Math.max(0, Math.min(0.97, middle + (random() * 2 - 1) * spread));
  const usual: Habit = {
    repairs: about(0.45),
    breaks: about(0.05, 0.05),
    idles: about(0.1, 0.1),
    useless: about(0.05, 0.05),
    bulk: 0.5,
    swings: 0,
  };
  const own: Record<Behaviour, Partial<Habit>> = {
    able: { repairs: about(0.65) },
    slow: { repairs: about(0.3, 0.1) },
    lost: { repairs: about(0.04, 0.04), idles: about(0.3) },
    swings: { repairs: about(0.25), breaks: about(0.3), swings: about(0.6) },
    stubborn: { repairs: about(0.06, 0.06), idles: about(0.75) },
    bloats: { repairs: about(0.12, 0.1), bulk: 4 },
    breaks: { repairs: about(0.35), breaks: about(0.4) },
    refuses: { repairs: about(0.25), useless: about(0.5) },
    late: { repairs: about(0.08, 0.05) },
  };
  return { ...usual, ...own[behaviour] };
}

/** The cycle from which a run of kind `late` understands the task. */
const lateFrom = 2;

/** Computes all cycles up to this one, so that a repeated call gets the same answer. */
export function movesOf(variant: Variant, upTo: number): Move[] {
  const habit = habitOf(variant);
  const random = randomOf(variant.seed, 0, 3);
  const moves: Move[] = [];
  let left = Array.from({ length: variant.defects }, () => true);
  for (let cycle = 0; cycle <= upTo; cycle++) {
    const repairs = variant.behaviour === 'late' && cycle >= lateFrom ? 0.7 : habit.repairs;
    const isIdle = random() < habit.idles;
    const back = random() < habit.swings && cycle >= 2 ? cycle - 2 : null;
    const draws = left.map(() => [random(), random()] as const);
    const useless = random() < habit.useless ? 1 + Number(random() < habit.useless) : 0;
    const bulk = Math.floor(random() * 3 * habit.bulk * (cycle + 1));
    if (back !== null) left = [...(moves[back]?.left ?? left)];
    else if (!isIdle)
      left = left.map((isLeft, index) => {
        const [first = 1, second = 1] = draws[index] ?? [];
        return isLeft ? first >= repairs : second < habit.breaks;
      });
    moves.push({ left: [...left], bulk, uselessAnswers: useless, goesBackTo: back });
  }
  return moves;
}

/** The content of `work.txt`: the lines with defects, which the check reads, and further lines of a change. */
export function contentOf(variant: Variant, cycle: number): string {
  const moves = movesOf(variant, cycle);
  const move = moves[cycle];
  if (!move) throw new RangeError(`There is no cycle ${cycle}`);
  const from = move.goesBackTo ?? cycle;
  const lines = [
    ...move.left.map((isLeft, index) => `${isLeft ? 'left' : 'done'} ${index + 1}`),
    ...Array.from({ length: 4 + (moves[from]?.bulk ?? 0) }, (_, line) => `line ${from}.${line}`),
    // Makes each cycle's content different.
    `# cycle ${cycle}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A check in the style of one tool; its messages contain parts that change from run to run. */
export function checkOf({ tool, seed }: Variant): string {
  const each = [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell replaces it
    'echo "not ok $n - case $n of the task (${t}ms)"; echo "  expected: 1"; echo "  actual: 0"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell replaces it
    'echo "src/work.ts(${t},7): error TS2304: Cannot find name \'part$n\'."',
    'echo "FAILED tests/test_work.py::test_part_$n - AssertionError: assert None == $n"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell replaces it
    'echo "/srv/w/work.js"; echo "  ${t}:5  error  part$n is not defined  no-undef"',
  ][tool];
  return `t=$(( ($(date +%N | sed 's/^0*//;s/^$/1/') % 90) + 7 )); f=0; for n in $(sed -n 's/^left //p' work.txt); do f=1; ${each}; done; : ${seed}; exit $f`;
}
