import { closeSync, writeSync } from 'node:fs';
import { openPassingNow } from '../../stdx/files/passing-files.ts';

const bufferedCharsMax = 256 * 1024;

/** Writes JSON lines to a file synchronously, during a computation that never yields, with constant memory. */
export class LineFile {
  readonly #file: number;
  #waiting: string[] = [];
  #chars = 0;

  constructor(path: string) {
    this.#file = openPassingNow(path, 'w');
  }

  add(document: unknown): void {
    const line = `${JSON.stringify(document)}\n`;
    this.#waiting.push(line);
    this.#chars += line.length;
    if (this.#chars >= bufferedCharsMax) this.#write();
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }

  #write(): void {
    // A single write may be partial.
    let rest = Buffer.from(this.#waiting.join(''));
    while (rest.length > 0) rest = rest.subarray(writeSync(this.#file, rest));
    this.#waiting = [];
    this.#chars = 0;
  }
}
