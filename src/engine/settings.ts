// What the engine is told at the start: limits, each with its unit in its name.
import type { IsolationWish } from '../domain/session.ts';
import type { AssessmentPolicy } from './pipeline/assess.ts';
import type { RecoveryPolicy } from './recovery/policy.ts';

export interface EngineSettings {
  dataDirectory: string;
  /** This machine's name: processes are adopted, and places counted, by it. */
  host: string;
  /** The order of models from the lightest to the strongest; each is `provider/model`. */
  models: { light: string[]; standard: string[]; strong: string[] };
  defaultAgent: string;
  /** An agent that calls models itself gets at least so much: its first call alone holds its instructions and tools, at their worst. */
  agentEnvelopeNanoUsdMin: bigint;
  /** Taken in turn where an agent is not to be had or keeps crashing; empty: a human is asked. */
  fallbackAgents: readonly string[];
  /** `provider/model` that reviews every proposal before it is applied; null: nobody does (R-REC-4). */
  reviewer: string | null;
  assessment: AssessmentPolicy;
  recovery: readonly RecoveryPolicy[];
  /** No retry of a run begins later than this after its start. */
  recoveryMsMax: number;
  /** How long a circuit stays open before a call probes whether what it shuts out works again; longer from time to time. */
  circuitRecoveryMs: number;
  /** So many failures within a minute open a circuit. */
  circuitFailuresMax: number;
  /** A pause behind an open circuit is at least so long. */
  pauseMsMin: number;
  /** Agents and checks at once on this machine. */
  machineSlotsMax: number;
  /** Agents and checks at once for one project, over all machines. */
  projectSlotsMax: number;
  /** Model calls at once to one provider, over all machines. */
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
  /** Whether an agent's only way out is to be the gateway (R-BUD-6). */
  isolation: IsolationWish;
  /** A process that writes more than this to its output is stopped. */
  outputBytesMax: number;
  stopGraceMs: number;
  /** What may be spent without one new verified fact; beyond it the work order is parked (R-PIPE-12). */
  withoutProgress: { agentRunsMax: number; modelCallsMax: number; costNanoUsdMax: bigint };
  /** Work orders whose branches and pull requests may be undone within a minute; beyond it Moose stops and asks. */
  undonePerMinuteMax: number;
  /** Times that a run may be taken up without finishing a step: beyond, it is what kills its processes. */
  takeupsMax: number;
  /** Work without progress: after so long it is shown as stuck, and after so long a human is asked (R-UI-3). */
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
