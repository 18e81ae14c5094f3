// Runs a program where it reaches only what it needs, as far as this machine allows and the settings require.

import { ConfigurationError } from '../../domain/failure.ts';
import type { IsolationLevel, IsolationWish } from '../../domain/session.ts';
import { resolveProgram } from '../resolve-program.ts';
import { enterNamespace, type SessionNetwork } from './isolation-way.ts';
import { probeIsolation } from './probe-isolation.ts';
import { environmentInView } from './session-environment.ts';
import { type ViewRequest, viewFor } from './session-view.ts';

export interface IsolationRequest {
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /** The working directory: a relative program is resolved from there. */
  cwd: string;
  network: SessionNetwork;
  /** A process in the network of a session that it shares, if it has no network of the machine. */
  joinedPid?: number | null;
  /** Ports of the machine's network to block, if the kernel can. */
  closedPorts?: readonly number[];
  /** Requested only if the machine can block the others. */
  files: () => Promise<SessionFiles>;
  wish: IsolationWish;
}

export interface SessionFiles extends Omit<ViewRequest, 'argv' | 'env' | 'cwd'> {
  /** Replaces the user's home; null if the environment already names a separate home. */
  homePath: string | null;
}

export interface Isolated {
  /** Must be started in the same directory. */
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  level: IsolationLevel;
}

/** @throws ConfigurationError `ISOLATION_UNAVAILABLE` if it is required, `AGENT_PROGRAM_MISSING` */
export async function isolate(request: IsolationRequest): Promise<Isolated> {
  const { argv, env, cwd, network, closedPorts = [], files, wish } = request;
  const joinedPid = network === 'machine' ? null : (request.joinedPid ?? null);
  if (wish === 'off') return { argv, env, level: 'none' };
  const { level, way, reason, advice } = await probeIsolation();
  if (wish === 'require' && level !== 'files') throw unavailable(reason, advice);
  if (way === null) return { argv, env, level: 'none' };
  const program = resolveProgram(argv[0], env, cwd);
  const words: [string, ...string[]] = [program, ...argv.slice(1)];
  if (level === 'network') {
    const entered = enterNamespace(way, { argv: words, env, cwd, network, joinedPid, view: null });
    return { argv: entered, env, level: network === 'machine' ? 'none' : level };
  }
  const seen = await files();
  const own = environmentInView(env, seen);
  const view = viewFor({ ...seen, argv: words, env: own, cwd });
  return {
    argv: enterNamespace(way, { argv: words, env: own, cwd, network, joinedPid, view, closedPorts }),
    env: own,
    level,
  };
}

function unavailable(reason: string, advice: string | null): ConfigurationError {
  return new ConfigurationError({
    code: 'ISOLATION_UNAVAILABLE',
    message: `MOOSE_ISOLATION is "require", but agents and checks cannot be isolated here: ${reason}`,
    advice: `${advice ?? 'Run Moose on a machine that supports namespaces.'} Or set MOOSE_ISOLATION to "auto".`,
    component: 'sessions',
    operation: 'isolate',
    metadata: { reason },
  });
}
