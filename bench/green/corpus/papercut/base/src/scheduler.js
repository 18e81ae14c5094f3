export class Scheduler {
  #timers = new Set();

  every(ms, task) {
    const timer = setInterval(task, ms);
    this.#timers.add(timer);
    return () => {
      clearInterval(timer);
      this.#timers.delete(timer);
    };
  }

  stop() {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
  }
}
