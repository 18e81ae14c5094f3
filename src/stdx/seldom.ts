/** Repeats the same message only after a while: one that comes four times a second would fill a log in a night. */
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
