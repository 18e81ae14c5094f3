// The audit log of one request. The route says what its change is called; the handler says what it concerns.
import { audited, refusalAudited } from '../../engine/access/audited.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from './caller.ts';

export interface RequestAudit {
  /** Records the change before it is made, and a refusal as a separate row. */
  write<T>(entry: { subject: string; detail?: object }, change: () => Promise<T>): Promise<T>;
  /** The same for a change that records itself, in its own transaction. */
  writeRefusal<T>(subject: string, change: () => Promise<T>): Promise<T>;
  /** What is asked for is so already. */
  skip(): void;
}

/** A longer value is stored only in the row that was changed. */
const detailCharsMax = 2_000;

export function createRequestAudit(
  database: Database,
  { act, caller: { actor: by, via } }: { act: string | null; caller: Caller },
  signalOf: () => AbortSignal,
): RequestAudit & { isComplete(): boolean } {
  let isComplete = act === null;
  const begin = (): string => {
    if (act === null) throw new TypeError('This route says that it changes nothing');
    isComplete = true;
    return act;
  };
  return {
    write: (entry, change) => {
      const { subject } = entry;
      const detail = { ...brief(entry.detail ?? {}), ...(via === undefined ? {} : { from: via }) };
      return audited(database, { by, act: begin(), subject, detail }, signalOf(), change);
    },
    writeRefusal: (subject, change) =>
      refusalAudited(database, { by, act: begin(), subject }, signalOf(), change),
    skip: () => void begin(),
    isComplete: () => isComplete,
  };
}

function brief(detail: object): Record<string, unknown> {
  const entries = Object.entries(detail).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    const { length } = JSON.stringify(value) ?? '';
    return [[name, length > detailCharsMax ? `${length} characters` : value]];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
