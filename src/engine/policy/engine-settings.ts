// The engine's settings at startup: limits, each with its unit in its name.
import type { CheckNetwork, GrantedPath, IsolationWish } from '../../domain/session.ts';
import type { AssessmentPolicy } from './assess.ts';
import type { RecoveryPolicy } from './recovery-policy.ts';

export interface EngineSettings {
  dataDirectory: string;
  /** This machine's name, by which processes are adopted and slots counted. */
  host: string;
  /** The order of models from the lightest to the strongest; each is `provider/model`. */
  models: { light: string[]; standard: string[]; strong: string[] };
  defaultAgent: string;
  /** The minimum for an agent that calls models itself: its first call already contains its instructions and tools. */
  agentEnvelopeNanoUsdMin: bigint;
  /** Tried in order when an agent is unavailable or keeps crashing; if empty, a person is asked. */
  fallbackAgents: readonly string[];
  /** `provider/model` that reviews every proposal before it is applied; null: nobody does (R-REC-4). */
  reviewer: string | null;
  assessment: AssessmentPolicy;
  recovery: readonly RecoveryPolicy[];
  /** No retry of a run starts later than this after the run's start. */
  recoveryMsMax: number;
  /** How long a circuit stays open before a call probes whether the other side works again; longer each time. */
  circuitRecoveryMs: number;
  /** This many failures within `circuitWindowMs` open a circuit. */
  circuitFailuresMax: number;
  circuitWindowMs: number;
  /** This many probes must succeed to close a circuit, and no more run at once. */
  circuitProbesMax: number;
  /** The shortest pause behind an open circuit. */
  pauseMsMin: number;
  /** Agents and checks at once on this machine. */
  machineSlotsMax: number;
  /** Concurrent agents and checks per project, over all machines. */
  projectSlotsMax: number;
  /** Concurrent model calls per provider, over all machines. */
  providerSlotsMax: number;
  modelTimeoutMs: number;
  modelAttemptsMax: number;
  outputTokensMax: number;
  contextCharsMax: number;
  checkTimeLimitMs: number;
  /** The whole environment of a project's checks: without Moose's keys and tools. */
  checkEnvironment: Readonly<Record<string, string>>;
  /** A process without output for this long is stopped. */
  silenceMsMax: number;
  /** An agent without a model call for this long is stopped. */
  idleMsMax: number;
  /** Whether agents and checks may only reach what they need (R-BUD-6, R-SEC-5). */
  isolation: IsolationWish;
  checkNetwork: CheckNetwork;
  /** What agents and checks may see in addition. */
  grantedPaths: readonly GrantedPath[];
  /** A process that writes more than this to its output is stopped. */
  outputBytesMax: number;
  stopGraceMs: number;
  /** What may be spent without one new verified fact; above this the work order is parked (R-PIPE-12). */
  withoutProgress: { agentRunsMax: number; modelCallsMax: number; costNanoUsdMax: bigint };
  /**
   * After this many changes of a run in a row that fail with the same message, a person is asked before another is paid
   * for (R-REC-9).
   */
  equalFailuresMax: number;
  /** Work orders whose branches and pull requests may be undone within a minute; above this Moose stops and asks. */
  undonePerMinuteMax: number;
  /** How often a run may be picked up without finishing a step: above this it probably kills its processes. */
  takeupsMax: number;
  /** Files of finished work, except its commits, are deleted after this long. */
  finishedKeptMs: number;
  /** Work without progress: after this long it is shown as stuck, and after this long a person is asked (R-UI-3). */
  stuck: { shownMs: number; escalatedMs: number };
  /** When people are reminded of a question, and what happens if they do not answer (R-ESC-4, R-ESC-5). */
  escalation: EscalationSettings;
}

export interface EscalationSettings {
  /** The first reminder of an open question; each later one comes after twice the time. */
  remindAfterMs: number;
  remindersMax: number;
  /** Null: no option is ever chosen by default. */
  defaultAfterMs: number | null;
  /** The highest expected cost of an option that is chosen by default. */
  defaultCostNanoUsdMax: bigint;
}
