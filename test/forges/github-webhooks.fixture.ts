// What reads GitHub's webhooks, for tests of the floors that do not know adapters.
import type { DeliveryReader } from '../../src/engine/ports/forge.ts';
import { githubDeliveries } from '../../src/forges/github/read-delivery.ts';

export const githubReader: DeliveryReader = githubDeliveries;
