// Puts a program where its only way out is the gateway, as far as this machine allows and the settings ask for it.

import { ConfigurationError } from '../../domain/failure.ts';
import type { IsolationLevel, IsolationWish } from '../../domain/session.ts';
import { resolveProgram } from '../resolve-program.ts';
import { enterNamespace, type WayOut } from './isolation-way.ts';
import { probeIsolation } from './probe-isolation.ts';

export interface IsolationRequest {
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /** Where it will run: a relative program is found from there. */
  cwd: string;
  /** Null: it calls no model, and stays as it is. */
  gateway: WayOut | null;
  wish: IsolationWish;
}

export interface Isolated {
  /** To be started in the same directory with the same environment. */
  argv: readonly [string, ...string[]];
  level: IsolationLevel;
}

/** @throws ConfigurationError `ISOLATION_UNAVAILABLE` where it is required, `AGENT_PROGRAM_MISSING`. */
export async function isolate({ argv, env, cwd, gateway, wish }: IsolationRequest): Promise<Isolated> {
  if (gateway === null || wish === 'off') return { argv, level: 'none' };
  const { level, way, reason, advice } = await probeIsolation();
  if (way !== null) {
    const program = resolveProgram(argv[0], env, cwd);
    return { argv: enterNamespace(way, [program, ...argv.slice(1)], env, gateway), level };
  }
  if (wish === 'auto') return { argv, level };
  throw new ConfigurationError({
    code: 'ISOLATION_UNAVAILABLE',
    message: `MOOSE_ISOLATION is "require", and an agent cannot be isolated here: ${reason}`,
    advice: `${advice ?? 'Run Moose on a machine that has namespaces.'} Or set MOOSE_ISOLATION to "auto".`,
    component: 'sessions',
    operation: 'isolate',
    metadata: { reason },
  });
}
