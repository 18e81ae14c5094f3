// Adds to each failed check the end of the log that was fetched for the repair, for people to read: redacted and
// limited in length. Pure.
import type { Check } from '../../domain/forge.ts';
import { redactTail } from '../../domain/redact.ts';
import { storableText } from '../../store/storable.ts';
import type { FailedLog } from './look-at.ts';

const tailCharsMax = 8_000;

/** A log is fetched once for each run of a check; later looks at the same run reuse it. */
export function keepLogs(
  checks: readonly Check[],
  logs: readonly Pick<FailedLog, 'check' | 'log'>[],
  before: readonly Check[],
): Check[] {
  const fetched = new Map(logs.map(({ check, log }) => [check.id, log]));
  const kept = new Map(before.map(({ id, log }) => [id, log]));
  return checks.map((check) => {
    const log = fetched.get(check.id);
    const known = kept.get(check.id);
    if (!log) return known ? { ...check, log: known } : check;
    const tail = storableText(redactTail(log.text, tailCharsMax));
    const isCut = log.isCut || log.text.length > tailCharsMax;
    const failedStep = log.failedStep === null ? null : storableText(log.failedStep);
    return { ...check, log: { tail, isCut, failedStep } };
  });
}
