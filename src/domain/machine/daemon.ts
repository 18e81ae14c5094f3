// A service: a program of a project that runs beside its agent and its checks, such as a database (R-PROJ-4).

/** The number of ports for each worktree, starting at MOOSE_PORT_BASE. */
export const portsPerWorktree = 20;

/** Below the ports that kernels assign automatically, which start at 32768. */
const firstWorktreePort = 20_000;
export const slotMax = Math.floor((32_768 - firstWorktreePort) / portsPerWorktree);

/** The first port of the worktree with this slot. */
export function portBaseOf(slot: number): number {
  return firstWorktreePort + (slot - 1) * portsPerWorktree;
}

/** How the name of the session ends that holds the network of services and does nothing else. */
export const sharedNetworkName = 'shared network';

/** How to tell that a service is ready; exactly one of these is set. */
export interface DaemonReady {
  port?: number | undefined;
  command?: string | undefined;
  /** A text that the service prints when it is ready. */
  log?: string | undefined;
  url?: string | undefined;
}

/** A service as people write it, in .moose/config.yml or for a project. */
export interface GivenDaemon {
  command: string;
  ready: DaemonReady;
  /** A duration such as 90s. */
  timeout?: string | undefined;
  needs?: string[] | undefined;
  url?: string | undefined;
  port?: number | undefined;
  preview?: boolean | undefined;
}

export interface Daemon {
  name: string;
  command: string;
  ready: DaemonReady;
  timeoutMs: number;
  /** The address to show, with $MOOSE_PORT_BASE; null: that of `previewPort`, if there is one. */
  url: string | null;
  previewPort: number | null;
  needs: readonly string[];
}

/** A small number is counted from the first port of the worktree; any other number is the port itself. */
export function portAt(port: number, portBase: number): number {
  return port < portsPerWorktree ? portBase + port : port;
}

/** Replaces $MOOSE_PORT_BASE in the text with the first port of a worktree. */
export function addressAt(text: string, portBase: number): string {
  return text.replaceAll(/\$(?:\{MOOSE_PORT_BASE\}|MOOSE_PORT_BASE)/g, String(portBase));
}

/** The address that a person opens to see the service; null if it has none. */
export function previewOf(
  { url, previewPort }: Pick<Daemon, 'url' | 'previewPort'>,
  portBase: number,
): string | null {
  if (url !== null) return addressAt(url, portBase);
  return previewPort === null ? null : `http://localhost:${portAt(previewPort, portBase)}/`;
}
