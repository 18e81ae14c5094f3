// The forms of graphs: the work orders that each one depends on, by number; dependencies have lower numbers.
export const forms = ['wide', 'deep', 'random'] as const;
export type Form = (typeof forms)[number];

/** The number of parallel chains in a wide graph, and the maximum number of dependencies in a random graph. */
const chains = 5;
const dependenciesMax = 3;
/** Random graphs only use dependencies this near, so that each end starts about equally many in graphs of all sizes. */
const near = 10;

export function edgesOf(form: Form, size: number): number[][] {
  let seed = 1;
  // The same graph in each run: Park and Miller's generator, CACM 31 (1988).
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return Array.from({ length: size }, (_, at) => {
    if (at === 0) return [];
    if (form === 'deep') return [at - 1];
    if (form === 'wide') return at < chains ? [] : [at - chains];
    const count = 1 + Math.floor(random() * dependenciesMax);
    return [
      ...new Set(Array.from({ length: count }, () => at - 1 - Math.floor(random() * Math.min(at, near)))),
    ];
  });
}
