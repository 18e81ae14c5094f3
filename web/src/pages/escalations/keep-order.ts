/** What stands on the screen stays where it is, also when it is answered meanwhile; what is new comes at its place before or after. */
export function keepOrder(shown: readonly string[], now: readonly string[]): string[] {
  const has = new Set(shown);
  const first = now.findIndex((id) => has.has(id));
  const isNew = (id: string) => !has.has(id);
  const before = first === -1 ? [] : now.slice(0, first).filter(isNew);
  const after = (first === -1 ? now : now.slice(first)).filter(isNew);
  return [...before, ...shown, ...after];
}
