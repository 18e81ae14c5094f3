const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Call fn until it succeeds. Waits base, 2*base, 4*base ... between attempts.
 * @param {(attempt: number) => any} fn
 */
export async function retry(fn, { attempts = 3, base = 100, sleep = pause } = {}) {
  let last;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await fn(attempt);
    } catch (error) {
      last = error;
      if (attempt < attempts) await sleep(base * 2 ** (attempt - 1));
    }
  }
  throw last;
}
