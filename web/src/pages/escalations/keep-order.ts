/** Keeps the order of questions on the screen, even if they were answered since, and merges new ids around them. */
export function keepOrder(shown: readonly string[], now: readonly string[]): string[] {
  const has = new Set(shown);
  const first = now.findIndex((id) => has.has(id));
  const isNew = (id: string) => !has.has(id);
  const before = first === -1 ? [] : now.slice(0, first).filter(isNew);
  const after = (first === -1 ? now : now.slice(first)).filter(isNew);
  return [...before, ...shown, ...after];
}
