export class Queue {
  #jobs = [];
  #running = 0;

  constructor({ concurrency = 1 } = {}) {
    this.concurrency = concurrency;
  }

  push(job) {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ job, resolve, reject });
      this.#next();
    });
  }

  get size() {
    return this.#jobs.length;
  }

  #next() {
    if (this.#running >= this.concurrency || this.#jobs.length === 0) return;
    const { job, resolve, reject } = this.#jobs.shift();
    this.#running += 1;
    Promise.resolve()
      .then(job)
      .then(resolve, reject)
      .finally(() => {
        this.#running -= 1;
        this.#next();
      });
  }
}
