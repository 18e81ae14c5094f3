/**
 * Suppresses repeats of the same message for a while: a message that repeats four times a second would fill a log
 * overnight.
 */
export function seldom<T>(
  tell: (what: T) => void,
  { everyMs, nowMs = () => performance.now() }: { everyMs: number; nowMs?: () => number },
): (what: T) => void {
  let told = { text: '', atMs: Number.NEGATIVE_INFINITY };
  return (what) => {
    const [text, atMs] = [String(what), nowMs()];
    if (text === told.text && atMs - told.atMs < everyMs) return;
    told = { text, atMs };
    tell(what);
  };
}
