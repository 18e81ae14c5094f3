// A program of a project that runs beside its agent and its checks, such as a database (R-PROJ-4): what people call a service.

/** Each worktree has as many ports, from MOOSE_PORT_BASE on. */
export const portsPerWorktree = 20;

/** In exactly one way. */
export interface DaemonReady {
  port?: number | undefined;
  command?: string | undefined;
  /** A text in its output. */
  log?: string | undefined;
  url?: string | undefined;
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

/** A small number counts from the first port of the worktree. */
export function portAt(port: number, portBase: number): number {
  return port < portsPerWorktree ? portBase + port : port;
}

/** A text with $MOOSE_PORT_BASE, for the worktree with this first port. */
export function addressAt(text: string, portBase: number): string {
  return text.replaceAll(/\$(?:\{MOOSE_PORT_BASE\}|MOOSE_PORT_BASE)/g, String(portBase));
}

/** What a person opens to see it; null: nothing is shown. */
export function previewOf(
  { url, previewPort }: Pick<Daemon, 'url' | 'previewPort'>,
  portBase: number,
): string | null {
  if (url !== null) return addressAt(url, portBase);
  return previewPort === null ? null : `http://localhost:${portAt(previewPort, portBase)}/`;
}
