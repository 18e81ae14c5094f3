/** Allows `limit` hits within `span` milliseconds. */
export class RateWindow {
  #hits = []

  constructor(limit, span) {
    this.limit = limit
    this.span = span
  }

  hit() {
    const now = Date.now()
    this.#hits = this.#hits.filter(time => now - time < this.span)
    if (this.#hits.length >= this.limit) return false
    this.#hits.push(now)
    return true
  }
}
