const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Calls `action` until it succeeds, at most `attempts` times; the pause doubles each time. */
export async function retry(action, { attempts = 3, delay = 100 } = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt)
    } catch (error) {
      if (attempt >= attempts) throw error
      await pause(delay * 2 ** (attempt - 1))
    }
  }
}
