// A work order's trace and spans have deterministic IDs, so that spans that are exported twice count once.
import { createHash } from 'node:crypto';

const spanIdHex = 16;

/** A work order's ID has 16 bytes, like a trace ID. */
export function traceIdOf(workOrderId: string): string {
  return workOrderId.replaceAll('-', '').toLowerCase();
}

export function spanIdOf(...parts: ReadonlyArray<string | number>): string {
  return createHash('sha256').update(parts.join('/')).digest('hex').slice(0, spanIdHex);
}
