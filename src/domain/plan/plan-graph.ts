// The graph of a plan. All functions accept any edges, also cycles and unknown keys, and run in linear time. Pure.

export interface Node {
  key: string;
  depends_on: readonly string[];
}

/** The keys that each work order depends on; leaves out its own key, unknown keys and duplicates. */
function edgesOf(nodes: readonly Node[]): Map<string, string[]> {
  const keys = new Set(nodes.map(({ key }) => key));
  return new Map(
    nodes.map(({ key, depends_on }) => [
      key,
      [...new Set(depends_on)].filter((other) => other !== key && keys.has(other)),
    ]),
  );
}

export interface Layers {
  /** The first layer depends on nothing, and each other layer only on earlier layers. */
  layers: string[][];
  /** Work orders that are in a cycle, or depend on one, so they cannot be ordered. */
  left: string[];
}

/** Kahn's algorithm, layer by layer: A. B. Kahn, Topological sorting of large networks, CACM 5 (1962). */
export function layersOf(nodes: readonly Node[]): Layers {
  const edges = edgesOf(nodes);
  const waitsFor = new Map(Array.from(edges, ([key, on]) => [key, on.length]));
  const dependents = dependentsOf(edges);
  const layers: string[][] = [];
  let free = [...edges.keys()].filter((key) => waitsFor.get(key) === 0);
  while (free.length > 0) {
    layers.push(free);
    const next: string[] = [];
    for (const key of free)
      for (const dependent of dependents.get(key) ?? []) {
        const count = (waitsFor.get(dependent) ?? 0) - 1;
        waitsFor.set(dependent, count);
        if (count === 0) next.push(dependent);
      }
    free = next;
  }
  return { layers, left: [...edges.keys()].filter((key) => (waitsFor.get(key) ?? 0) > 0) };
}

function dependentsOf(edges: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const [key, on] of edges)
    for (const other of on) {
      const known = dependents.get(other);
      if (known) known.push(key);
      else dependents.set(other, [key]);
    }
  return dependents;
}

/** One cycle, as the keys along it, each depending on the next; null if there is none. A self-dependency does not count. */
export function cycleIn(nodes: readonly Node[]): string[] | null {
  const { left } = layersOf(nodes);
  const isLeft = new Set(left);
  const edges = edgesOf(nodes);
  let [at] = left;
  // Every remaining key depends on another remaining key, so the walk must return to a visited key.
  const walked = new Map<string, number>();
  while (at !== undefined && !walked.has(at)) {
    walked.set(at, walked.size);
    at = edges.get(at)?.find((key) => isLeft.has(key));
  }
  return at === undefined ? null : [...walked.keys()].slice(walked.get(at));
}

/** For each key, its direct and indirect dependencies; empty for keys in a cycle. */
export function ancestorsOf(nodes: readonly Node[]): Map<string, Set<string>> {
  const edges = edgesOf(nodes);
  const ancestors = new Map<string, Set<string>>(nodes.map(({ key }) => [key, new Set()]));
  for (const key of layersOf(nodes).layers.flat()) {
    const own = ancestors.get(key);
    for (const other of edges.get(key) ?? []) {
      own?.add(other);
      for (const further of ancestors.get(other) ?? []) own?.add(further);
    }
  }
  return ancestors;
}
