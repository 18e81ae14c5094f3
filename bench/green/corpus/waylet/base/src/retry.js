/** Calls `attempt` until it gives a result, at most `times` times. */
export async function retry(attempt, { times = 3, waitMs = 0 } = {}) {
  let last;
  for (let count = 1; count <= times; count += 1) {
    try {
      return await attempt(count);
    } catch (error) {
      last = error;
      if (count < times) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  throw last;
}
