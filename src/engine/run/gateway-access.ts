// Gateway keys for Moose's own calls and for agents; each key is valid for one run.

import type { WireName } from '../../domain/agents/model-call.ts';
import type { SessionId } from '../../domain/ids.ts';
import { issueKey, moosesOwn } from '../../store/money/gateway-keys.ts';
import type { AgentGateway } from '../ports/agent.ts';
import type { Model, ModelAccess } from '../ports/model.ts';
import type { Work } from './work.ts';

/**
 * Maximum number of keys kept in this process. A run whose key was dropped gets another one; all keys are revoked with
 * the run.
 */
const keysKeptMax = 512;

export interface Key {
  id: string;
  secret: string;
}

/** The keys with which this process calls models for its runs. */
export class RunKeys {
  readonly #keys = new Map<string, Promise<Key>>();

  keyOf(work: Work): Promise<Key> {
    const { id: runId } = work.run;
    const known = this.#keys.get(runId);
    if (known !== undefined) return known;
    const issued = issue(work, { serviceName: moosesOwn, sessionId: null });
    this.#keys.set(runId, issued);
    issued.catch(() => this.#keys.delete(runId));
    if (this.#keys.size > keysKeptMax) this.#keys.delete(this.#keys.keys().next().value ?? '');
    return issued;
  }
}

/** @throws MooseError `GATEWAY_UNAVAILABLE` */
export async function ownAccess(work: Work, model: Model): Promise<Omit<ModelAccess, 'onCall'>> {
  const [{ url }, { id, secret }] = await Promise.all([
    work.gateway.address(work.signal),
    work.runKeys.keyOf(work),
  ]);
  return { baseUrl: `${url}/s/${id}/${model.provider}/v1`, apiKey: secret };
}

/** @throws MooseError `GATEWAY_UNAVAILABLE`. */
export async function agentAccess(
  work: Work,
  sessionId: SessionId,
  model: Model,
  wire: WireName,
): Promise<AgentGateway> {
  const { url } = await work.gateway.address(work.signal);
  const { id, secret } = await issue(work, { serviceName: 'agent', sessionId });
  return { url: `${url}/s/${id}/${model.provider}`, key: secret, wire };
}

function issue(work: Work, { serviceName, sessionId }: { serviceName: string; sessionId: SessionId | null }) {
  const { order, run, database, signal } = work;
  return database.run(
    (query) => issueKey(query, { workOrderId: order.id, runId: run.id, sessionId, serviceName }),
    signal,
  );
}
