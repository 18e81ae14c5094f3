// How a session of the contract suite gets to its model.

import type { StopReason } from '../../src/domain/session.ts';
import type { AgentGateway } from '../../src/engine/ports/agent.ts';
import type { Call } from './cell.ts';

export interface SessionGateway {
  gateway: AgentGateway;
  /** Asked while the agent is at work. */
  watchdog(): StopReason | null;
  /** What its calls came to, once it has ended; null where nothing metered them. */
  calls(): Promise<Call[] | null>;
  /** What is still set aside for it after its end. */
  heldNanoUsd(): Promise<bigint>;
  close(): Promise<void>;
}

export interface GatewayAsked {
  upstreamUrl: string;
  wire: AgentGateway['wire'];
  /** `provider/model`. */
  model: string;
  /** What the run may spend at most. */
  envelopeNanoUsd: bigint;
}

export type OpenGateway = (asked: GatewayAsked) => Promise<SessionGateway>;
