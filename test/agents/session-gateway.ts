// How a session of the contract suite reaches its model.

import type { StopReason } from '../../src/domain/machine/session.ts';
import type { AgentGateway } from '../../src/engine/ports/agent.ts';
import type { Call } from './cell.ts';

export interface SessionGateway {
  gateway: AgentGateway;
  /** Called while the agent is running. */
  watchdog(): StopReason | null;
  /** The calls after the session has ended; null if nothing metered them. */
  calls(): Promise<Call[] | null>;
  /** The money that is still reserved for the session after its end. */
  heldNanoUsd(): Promise<bigint>;
  close(): Promise<void>;
}

export interface GatewayAsked {
  upstreamUrl: string;
  wire: AgentGateway['wire'];
  /** `provider/model`. */
  model: string;
  /** The most that the run may spend. */
  envelopeNanoUsd: bigint;
}

export type OpenGateway = (asked: GatewayAsked) => Promise<SessionGateway>;
