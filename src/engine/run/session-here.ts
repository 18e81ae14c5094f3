/** Identifies the machine of this process: its name, and the ID of its data directory. */
export interface Here {
  machine: string;
  settings: { host: string };
}

/**
 * Whether a process belongs to this machine. Two machines can have the same name at different times; processes of older
 * versions have no ID.
 */
export function isHere(
  { host, machine }: { host: string; machine: string },
  { settings, machine: own }: Here,
): boolean {
  return host === settings.host && (machine === '' || machine === own);
}
