// The engine's settings at startup: limits, each with its unit in its name.
import type { CheckNetwork, GrantedPath, IsolationWish } from '../../domain/session.ts';
import type { AssessmentPolicy } from './assess.ts';
import type { RecoveryPolicy } from './recovery-policy.ts';

export interface EngineSettings {
  dataDirectory: string;
  /** This machine's name: processes are adopted, and places counted, by it. */
  host: string;
  /** The order of models from the lightest to the strongest; each is `provider/model`. */
  models: { light: string[]; standard: string[]; strong: string[] };
  defaultAgent: string;
  /** An agent that calls models itself gets at least so much: its first call alone holds its instructions and tools, at their worst. */
  agentEnvelopeNanoUsdMin: bigint;
  /** Tried in order when an agent is unavailable or keeps crashing; if empty, a person is asked. */
  fallbackAgents: readonly string[];
  /** `provider/model` that reviews every proposal before it is applied; null: nobody does (R-REC-4). */
  reviewer: string | null;
  assessment: AssessmentPolicy;
  recovery: readonly RecoveryPolicy[];
  /** No retry of a run starts later than this after its start. */
  recoveryMsMax: number;
  /** How long a circuit stays open before a call probes whether what it shuts out works again; longer from time to time. */
  circuitRecoveryMs: number;
  /** So many failures within `circuitWindowMs` open a circuit. */
  circuitFailuresMax: number;
  circuitWindowMs: number;
  /** So many probes of what a circuit shuts out must succeed, and no more are under way at once. */
  circuitProbesMax: number;
  /** A pause behind an open circuit is at least so long. */
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
  /** The whole environment of a project's checks: without Moose's keys, without Moose's own tools. */
  checkEnvironment: Readonly<Record<string, string>>;
  /** A process that says nothing for so long is stopped. */
  silenceMsMax: number;
  /** An agent that calls no model for so long is stopped. */
  idleMsMax: number;
  /** Whether agents and checks are to reach nothing but what they need (R-BUD-6, R-SEC-5). */
  isolation: IsolationWish;
  checkNetwork: CheckNetwork;
  /** What agents and checks see beside that. */
  grantedPaths: readonly GrantedPath[];
  /** A process that writes more than this to its output is stopped. */
  outputBytesMax: number;
  stopGraceMs: number;
  /** What may be spent without one new verified fact; beyond it the work order is parked (R-PIPE-12). */
  withoutProgress: { agentRunsMax: number; modelCallsMax: number; costNanoUsdMax: bigint };
  /** So many changes of a run in a row that fail with the same words: a person is asked before another is paid for (R-REC-9). */
  equalFailuresMax: number;
  /** Work orders whose branches and pull requests may be undone within a minute; beyond it Moose stops and asks. */
  undonePerMinuteMax: number;
  /** Times that a run may be picked up without finishing a step: beyond, it is what kills its processes. */
  takeupsMax: number;
  /** What finished work has left on disk, beside its commits, is cleared away after so long. */
  finishedKeptMs: number;
  /** Work without progress: after so long it is shown as stuck, and after so long a person is asked (R-UI-3). */
  stuck: { shownMs: number; escalatedMs: number };
  /** When people are reminded of what they were asked, and what is done when they do not answer (R-ESC-4, R-ESC-5). */
  escalation: EscalationSettings;
}

export interface EscalationSettings {
  /** The first reminder of an open question; each later one comes after twice the time. */
  remindAfterMs: number;
  remindersMax: number;
  /** Null: nothing is ever taken by default. */
  defaultAfterMs: number | null;
  /** What an option that is taken by default may be expected to cost. */
  defaultCostNanoUsdMax: bigint;
}
