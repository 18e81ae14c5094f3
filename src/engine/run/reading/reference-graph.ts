// A graph of which file uses the definitions of which other file, and the rank of each file in it: personalised
// PageRank (Page, Brin,
// Motwani and Winograd 1999, section 6), on the graph of identifiers that Aider's repository map ranks
// (aider.chat/docs/repomap.html).
import type { FileFacts } from './file-facts.ts';
import { Pace } from './pace.ts';
import { nameTerm, partsOf } from './words.ts';

/** The edges of file n are those from `starts[n]` to `starts[n + 1]`. */
export interface ReferenceGraph {
  starts: Uint32Array;
  targets: Uint32Array;
  weights: Float32Array;
}

/** If more files define a name, such as `get`, a use does not show which one is meant. */
const definersMax = 8;
/** The maximum of edges per file; edges to the files that it uses most are kept. */
const edgesMax = 200;
/** A short name of one word often means something else in each file. */
const plainNameWeight = 0.2;
const nameCharsMin = 3;

export async function referencesBetween(
  files: readonly (FileFacts | null)[],
  pace: Pace,
): Promise<ReferenceGraph> {
  const definers = await definersOf(files, pace);
  const starts = new Uint32Array(files.length + 1);
  const targets: number[] = [];
  const weights: number[] = [];
  for (const [index, facts] of files.entries()) {
    if (pace.isTired) await pace.rest();
    for (const [target, weight] of edgesOf(index, facts, definers)) {
      targets.push(target);
      weights.push(weight);
    }
    starts[index + 1] = targets.length;
  }
  return { starts, targets: Uint32Array.from(targets), weights: Float32Array.from(weights) };
}

interface Defined {
  files: number[];
  weight: number;
}

async function definersOf(files: readonly (FileFacts | null)[], pace: Pace): Promise<Map<number, Defined>> {
  const definers = new Map<number, Defined>();
  for (const [index, facts] of files.entries()) {
    if (pace.isTired) await pace.rest();
    for (const name of new Set(facts?.definitions.map((each) => each.name))) {
      if (name.length < nameCharsMin) continue;
      const term = nameTerm(name);
      const known = definers.get(term);
      const weight = partsOf(name).length > 1 ? 1 : plainNameWeight;
      if (known === undefined) definers.set(term, { files: [index], weight });
      else if (known.files.length <= definersMax && known.files.at(-1) !== index) known.files.push(index);
    }
  }
  for (const [term, { files: those }] of definers) if (those.length > definersMax) definers.delete(term);
  return definers;
}

function edgesOf(
  index: number,
  facts: FileFacts | null,
  definers: ReadonlyMap<number, Defined>,
): [target: number, weight: number][] {
  const edges = new Map<number, number>();
  facts?.terms.forEach((term, at) => {
    const defined = definers.get(term);
    if (defined === undefined || defined.files.includes(index)) return;
    const weight = (defined.weight * Math.sqrt(facts.counts[at] ?? 0)) / defined.files.length;
    for (const target of defined.files) edges.set(target, (edges.get(target) ?? 0) + weight);
  });
  const heaviest = [...edges].sort(([a, one], [b, other]) => other - one || a - b).slice(0, edgesMax);
  const sum = heaviest.reduce((total, [, weight]) => total + weight, 0);
  return heaviest.map(([target, weight]) => [target, weight / sum]);
}

/** The share of a file's rank that is passed to the files that it uses; the rest returns to the seeds. */
const damping = 0.5;
/** With this damping, further rounds change the result by less than 0.1 %. */
const rounds = 10;

/** `seeds`: how relevant each file is by itself. The result sums to the same. */
export async function spreadRank(
  { starts, targets, weights }: ReferenceGraph,
  seeds: Float64Array,
  pace: Pace = new Pace(undefined),
): Promise<Float64Array> {
  let ranks = seeds;
  for (let round = 0; round < rounds; round++) {
    if (pace.isTired) await pace.rest();
    const next = new Float64Array(seeds.length);
    let moved = 0;
    let total = 0;
    for (let file = 0; file < seeds.length; file++) {
      const rank = ranks[file] ?? 0;
      total += rank;
      if (rank === 0) continue;
      for (let edge = starts[file] ?? 0; edge < (starts[file + 1] ?? 0); edge++) {
        const share = damping * rank * (weights[edge] ?? 0);
        const target = targets[edge] ?? 0;
        next[target] = (next[target] ?? 0) + share;
        moved += share;
      }
    }
    const sum = seeds.reduce((all, seed) => all + seed, 0);
    const back = sum > 0 ? (total - moved) / sum : 0;
    for (let file = 0; file < seeds.length; file++)
      next[file] = (next[file] ?? 0) + back * (seeds[file] ?? 0);
    ranks = next;
  }
  return ranks;
}
