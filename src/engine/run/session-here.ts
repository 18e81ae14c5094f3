/** Where this process is: the name of its machine, and the ID of its data directory. */
export interface Here {
  machine: string;
  settings: { host: string };
}

/**
 * Whether a process belongs to this machine. Two machines can have one name, one after the other; without an ID, an older
 * version started it.
 */
export function isHere(
  { host, machine }: { host: string; machine: string },
  { settings, machine: own }: Here,
): boolean {
  return host === settings.host && (machine === '' || machine === own);
}
