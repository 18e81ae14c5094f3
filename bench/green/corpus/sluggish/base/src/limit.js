export function limiter(max, perMs, now = Date.now) {
  const seen = [];
  return function allow() {
    const t = now();
    while (seen.length && seen[0] <= t - perMs) seen.shift();
    if (seen.length >= max) return false;
    seen.push(t);
    return true;
  };
}
