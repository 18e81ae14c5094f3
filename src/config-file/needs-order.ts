export type Named = Readonly<Record<string, { needs?: readonly string[] | undefined }>>;

/** Reports problems with `needs`: an unknown name, or daemons that wait for each other. */
export function problemOfNeeds(services: Named): { path: readonly PropertyKey[]; message: string } | null {
  const names = Object.keys(services);
  for (const name of names)
    for (const [index, needed] of (services[name]?.needs ?? []).entries())
      if (!names.includes(needed))
        return {
          path: [name, 'needs', index],
          message: `must be the name of a service: ${names.join(', ')}`,
        };
  const order = sorted(services);
  const left = names.find((name) => !order.includes(name));
  if (left === undefined) return null;
  const around = cycleFrom(services, order, left);
  return {
    path: [around[0] ?? left, 'needs'],
    message: `must not lead back to it: ${around.join(' needs ')}`,
  };
}

/** As much of the order as exists. A daemon that is missing is part of a cycle, or needs such a daemon. */
export function sorted(services: Named): string[] {
  const order: string[] = [];
  const names = Object.keys(services);
  // Each round adds at least one daemon, or ends.
  for (let round = 0; round < names.length; round++) {
    const next = names.find(
      (name) => !order.includes(name) && (services[name]?.needs ?? []).every((each) => order.includes(each)),
    );
    if (next === undefined) break;
    order.push(next);
  }
  return order;
}

/** Follows the needs of a daemon that was left over: it always needs another one that was left over. */
export function cycleFrom(services: Named, order: readonly string[], first: string): string[] {
  const seen: string[] = [];
  let at: string | undefined = first;
  while (at !== undefined && !seen.includes(at)) {
    seen.push(at);
    at = services[at]?.needs?.find((each) => !order.includes(each));
  }
  return at === undefined ? seen : [...seen.slice(seen.indexOf(at)), at];
}
