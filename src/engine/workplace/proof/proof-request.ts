import type { ProjectConfig } from '../../../config-file/config-schema.ts';
import type { Daemon } from '../../../domain/machine/daemon.ts';
import type { Refusal } from '../../../domain/machine/egress.ts';
import type { IsolationLevel } from '../../../domain/machine/session.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import type { CopiedFiles } from '../../run/copied-files.ts';

export type ProofOutcome = 'passed' | 'failed' | 'timed_out' | 'not_run';

export interface ProofDeps {
  settings: EngineSettings;
  /** Ports that commands with the machine's network must not reach. */
  ownPorts(): Promise<readonly number[]>;
  signal: AbortSignal;
}

export interface ProofRequest<Command extends Check> {
  repositoryPath: string;
  sha: string;
  commands: readonly Command[];
  /** Variables that the project adds to the environment of its commands. */
  environment?: Readonly<Record<string, string>>;
  /** The hosts that the project lists for its commands. */
  egress?: ProjectConfig['egress'];
  /** The container image that the project names. */
  container?: ProjectConfig['container'];
  /** Hosts at private addresses that the person at the terminal has confirmed. */
  privateHosts?: readonly string[] | undefined;
  /** Services that run beside the checks, once the setup has passed. */
  services?: readonly Daemon[] | undefined;
  /** Reports whether a service is ready, or what it printed. */
  onDaemon?(proof: DaemonProof): void;
  /** Ignored files of the repository that it names for worktrees. */
  copied?: CopiedFiles | null | undefined;
  onStart?(command: Command): void;
  onOutput?(text: string): void;
  onEnd?(proof: Proof<Command>): void;
}

export interface Proof<Command extends Check = Check> {
  command: Command;
  outcome: ProofOutcome;
  durationMs: number;
  /** Null if the command was ended by a signal, or did not run. */
  exitCode: number | null;
  outputTail: string;
  /** Null if the command did not run. */
  isolation: IsolationLevel | null;
  /** What the command tried to reach but could not. */
  refused: readonly Refusal[];
}

export interface DaemonProof {
  service: Daemon;
  isReady: boolean;
  durationMs: number;
  outputTail: string;
}
