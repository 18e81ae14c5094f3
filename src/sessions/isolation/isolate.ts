// Puts a program where it reaches nothing but what it needs, as far as this machine allows and the settings ask for it.

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
  /** Where it will run: a relative program is found from there. */
  cwd: string;
  network: SessionNetwork;
  /** Of the machine's network: these not, where the kernel can keep it from them. */
  closedPorts?: readonly number[];
  /** Asked for only where the machine can keep the others from it. */
  files: () => Promise<SessionFiles>;
  wish: IsolationWish;
}

export interface SessionFiles extends Omit<ViewRequest, 'argv' | 'env' | 'cwd'> {
  /** In place of the user's; null where the environment names a home of the program's own already. */
  homePath: string | null;
}

export interface Isolated {
  /** To be started in the same directory. */
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  level: IsolationLevel;
}

/** @throws ConfigurationError `ISOLATION_UNAVAILABLE` where it is required, `AGENT_PROGRAM_MISSING`. */
export async function isolate(request: IsolationRequest): Promise<Isolated> {
  const { argv, env, cwd, network, closedPorts = [], files, wish } = request;
  if (wish === 'off') return { argv, env, level: 'none' };
  const { level, way, reason, advice } = await probeIsolation();
  if (wish === 'require' && level !== 'files') throw unavailable(reason, advice);
  if (way === null) return { argv, env, level: 'none' };
  const program = resolveProgram(argv[0], env, cwd);
  const words: [string, ...string[]] = [program, ...argv.slice(1)];
  if (level === 'network') {
    const entered = enterNamespace(way, { argv: words, env, cwd, network, view: null });
    return { argv: entered, env, level: network === 'machine' ? 'none' : level };
  }
  const seen = await files();
  const own = environmentInView(env, seen);
  const view = viewFor({ ...seen, argv: words, env: own, cwd });
  return {
    argv: enterNamespace(way, { argv: words, env: own, cwd, network, view, closedPorts }),
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
