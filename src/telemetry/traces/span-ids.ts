// A work order's trace and its spans have the same ids whoever tells of them, however often: what is told twice is one.
import { createHash } from 'node:crypto';

const spanIdHex = 16;

/** The work order's own id: 16 bytes, as a trace's. */
export function traceIdOf(workOrderId: string): string {
  return workOrderId.replaceAll('-', '').toLowerCase();
}

export function spanIdOf(...parts: ReadonlyArray<string | number>): string {
  return createHash('sha256').update(parts.join('/')).digest('hex').slice(0, spanIdHex);
}
