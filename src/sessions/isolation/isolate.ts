// Runs a program so that it reaches only what it needs, as far as this machine allows and the settings require.

import type { ConfigurationError } from '../../domain/failure.ts';
import type { EgressLevel } from '../../domain/machine/egress.ts';
import type { IsolationLevel, IsolationSetting } from '../../domain/machine/session.ts';
import { sessionFailures } from '../failure-catalogue.ts';
import { resolveProgram } from '../resolve-program.ts';
import type { EgressRules } from './egress-connect.ts';
import { egressEnvironment, upstreamIn } from './egress-environment.ts';
import { egressFolder, writeEgressRules } from './egress-files.ts';
import { egressPort } from './egress-names.ts';
import { imageEnvironment, ofImageOnly, programInImage, type SessionImage } from './image-view.ts';
import {
  enterNamespace,
  environmentForPerl,
  type IsolationWay,
  type SessionNetwork,
  systemPath,
  type WayOut,
} from './isolation-way.ts';
import { keepsModes } from './kernel-locks.ts';
import { probeIsolation } from './probe-isolation.ts';
import { environmentInView } from './session-environment.ts';
import { type ViewRequest, viewFor } from './session-view.ts';

export interface IsolationRequest {
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /** The working directory: a relative program is resolved from there. */
  cwd: string;
  network: SessionNetwork | ListedHosts;
  /** A process of another session whose network this one shares, unless it uses the machine's network. */
  joinedPid?: number | null;
  /** Ports of the machine's network that are blocked, if the kernel supports it. */
  closedPorts?: readonly number[];
  /** Whether the program may make namespaces of its own. */
  allowsNamespaces?: boolean | undefined;
  /** Called only if the machine can hide all other files. */
  files: () => Promise<SessionFiles>;
  wish: IsolationSetting;
  /** The image in which the session runs, and the machine's variables, which do not apply in the image. */
  container?: { image: SessionImage; machine: Readonly<Record<string, string>> } | null;
}

/** Only named hosts; if the machine cannot enforce that, the machine's network. */
export interface ListedHosts {
  rules: Omit<EgressRules, 'upstream' | 'closedPorts' | 'gateway'>;
  /** The session's own directory. */
  sessionPath: string;
  /** The gateway, if the session reaches it beside its hosts. */
  gateway?: WayOut | null;
  /** The environment that names the machine's own proxy; if absent, the program's. */
  machine?: Readonly<Record<string, string>>;
}

export interface SessionFiles extends Omit<ViewRequest, 'argv' | 'env' | 'cwd' | 'isUser'> {
  /** The folder that replaces the user's home; null if the environment already names a separate home. */
  homePath: string | null;
}

export interface Isolated {
  /** The isolated command. It must be started in the same working directory. */
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  level: IsolationLevel;
  /** Which hosts the program can reach. */
  egress: EgressLevel;
  /** Whether the kernel refuses the program files that give the rights of their owner. */
  keepsModes: boolean;
}

/**
 * A session of a project with an image never runs outside of the image. @throws ConfigurationError
 * `ISOLATION_UNAVAILABLE` if it is required, `CONTAINER_NEEDS_ISOLATION`, `AGENT_PROGRAM_MISSING`
 */
export async function isolate(request: IsolationRequest): Promise<Isolated> {
  const { argv, env, cwd, wish } = request;
  if (wish === 'off' && request.container) throw noContainer('MOOSE_ISOLATION is "off".', null);
  if (wish === 'off') return { argv, env, level: 'none', egress: 'open', keepsModes: false };
  const { level, way, reason, advice } = await probeIsolation();
  if (wish === 'require' && level !== 'files') throw unavailable(reason, advice);
  if (request.container && level !== 'files') throw noContainer(reason, advice);
  if (way === null) return { argv, env, level: 'none', egress: 'open', keepsModes: false };
  const program = resolveProgram(argv[0], env, cwd);
  return enter({ ...request, argv: [program, ...argv.slice(1)] }, way, level);
}

async function enter(request: IsolationRequest, way: IsolationWay, level: IsolationLevel): Promise<Isolated> {
  const { argv, env, cwd, network: asked, closedPorts = [], files, allowsNamespaces } = request;
  const { network, egress, proxyPort = null } = wayOut(request);
  const joinedPid = network === 'machine' ? null : (request.joinedPid ?? null);
  const withProxy = (seen: Readonly<Record<string, string>>) =>
    proxyPort === null ? seen : egressEnvironment(seen, proxyPort);
  if (level === 'network') {
    const own = withProxy(env);
    const entered = enterNamespace(way, { argv, cwd, network, joinedPid, view: null });
    return {
      argv: entered,
      env: environmentForPerl(own),
      level: asked === 'machine' ? 'none' : level,
      egress,
      keepsModes: false,
    };
  }
  const seen = await files();
  const { image = null, machine = {} } = request.container ?? {};
  const inView = environmentInView(env, seen);
  const { userHome } = seen;
  const own = withProxy(image ? imageEnvironment(inView, image, { machine, userHome }) : inView);
  const isUser = way.kind === 'user';
  const view = viewFor({ ...seen, argv, env: own, cwd, isUser, image, searchPath: systemPath });
  const { inside, outside } = image ? ofImageOnly(own, image) : { inside: {}, outside: own };
  const started = image ? programInImage(argv, cwd).argv : argv;
  return {
    argv: enterNamespace(way, {
      argv: started,
      inside,
      cwd,
      network,
      joinedPid,
      view,
      closedPorts,
      allowsNamespaces,
    }),
    env: environmentForPerl(outside),
    level,
    egress,
    keepsModes: keepsModes(way.locks),
  };
}

function wayOut({ network, env, closedPorts = [] }: IsolationRequest): {
  network: SessionNetwork;
  egress: EgressLevel;
  proxyPort?: number;
} {
  if (network === 'none') return { network, egress: 'none' };
  if (network === 'machine') return { network, egress: 'open' };
  if (!('rules' in network)) return { network, egress: 'gateway' };
  const { gateway = null, machine = env, sessionPath } = network;
  const rules = {
    ...network.rules,
    closedPorts,
    upstream: upstreamIn(machine),
    ...(gateway === null ? {} : { gateway: { port: gateway.port, socketPath: gateway.socketPath } }),
  };
  const socketPath = writeEgressRules(egressFolder(sessionPath), rules);
  const port = gateway?.port === egressPort ? egressPort + 1 : egressPort;
  const proxy = { port, socketPath, hasProxy: true };
  return { network: gateway ? { ...gateway, also: proxy } : proxy, egress: 'listed', proxyPort: port };
}

function noContainer(reason: string, advice: string | null): ConfigurationError {
  return sessionFailures.CONTAINER_NEEDS_ISOLATION(
    { operation: 'isolate', metadata: { reason } },
    { reason, advice: advice ?? 'Set MOOSE_ISOLATION to "auto" or "require".' },
  );
}

function unavailable(reason: string, advice: string | null): ConfigurationError {
  return sessionFailures.ISOLATION_UNAVAILABLE(
    { operation: 'isolate', metadata: { reason } },
    { reason, advice: advice ?? 'Run Moose on a machine that supports namespaces.' },
  );
}
