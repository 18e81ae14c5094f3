// The forms of graphs: what each work order depends on, by its number; always on lower numbers.
export const forms = ['wide', 'deep', 'random'] as const;
export type Form = (typeof forms)[number];

/** So many chains are side by side in a wide graph; in a random one, each depends on up to so many others. */
const chains = 5;
const dependenciesMax = 3;
/** In a random graph, on those just before: then each end starts about as many, early and late, in graphs of all sizes. */
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
