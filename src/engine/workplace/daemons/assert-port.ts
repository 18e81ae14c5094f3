// If another program had the port, the service would look ready, but it would be the wrong one.
import { type Daemon, portAt } from '../../../domain/machine/daemon.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { Work } from '../../run/work.ts';
import { notReady } from './daemon-failure.ts';
import { isListening } from './listening.ts';

export interface PortPlace {
  step: Step;
  /** 0 if this machine has no ports left for worktrees. */
  portBase: number;
  networkPid: number | null;
}

/** @throws ConfigurationError SERVICE_NOT_READY */
export async function assertPort(
  work: Work,
  daemon: Daemon,
  { step, portBase, networkPid }: PortPlace,
): Promise<void> {
  const { port } = daemon.ready;
  if (port === undefined) return;
  const at = portAt(port, portBase);
  if (portBase === 0 && at !== portAt(port, 1)) {
    const what = 'has no port: all ports for worktrees of this machine are in use';
    const advice = 'Wait until other work orders have ended.';
    throw await notReady(work, daemon, step, { what, advice }, null);
  }
  if (!(await isListening(at, networkPid))) return;
  const what = `cannot start: port ${at} is already in use`;
  const advice =
    'End the program that uses it, or let the service listen on $MOOSE_PORT_BASE, which each worktree has for itself.';
  throw await notReady(work, daemon, step, { what, advice }, null);
}
