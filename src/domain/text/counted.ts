/** `1 cycle`, `2 cycles`, `0 queries`: a number with its noun. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
