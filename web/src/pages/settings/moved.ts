/** A copy with one entry moved. */
export function moved<Entry>(entries: readonly Entry[], from: number, to: number): Entry[] {
  const others = without(entries, from);
  return [...others.slice(0, to), ...entries.slice(from, from + 1), ...others.slice(to)];
}

export function without<Entry>(entries: readonly Entry[], index: number): Entry[] {
  return entries.filter((_, at) => at !== index);
}
