// How a cloud carries Anthropic's protocol: its addresses, how a request is authorized, and how its answers become
// Anthropic's again. There is one carrier for each cloud, as long as the gateway runs.
import type { CloudAccess } from '../../domain/agents/cloud.ts';
import { bedrockCarrier } from './bedrock.ts';
import type { Carrier, CarrierDeps } from './carrier.ts';
import { vertexCarrier } from './vertex.ts';

export function carrierOf(access: CloudAccess, deps: CarrierDeps): Carrier {
  return access.name === 'bedrock' ? bedrockCarrier(access, deps) : vertexCarrier(access, deps);
}
