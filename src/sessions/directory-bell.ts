// Signals when a session's directory changes, so that the end of a process is noticed within milliseconds. Without file
// events (too many watches on the machine) it still signals by a timer, only later.

import { type FSWatcher, watch } from 'node:fs';
import { hasErrorCode } from '../stdx/system-error.ts';
import { sessionFiles } from './session-files.ts';

/**
 * The shortest time between two signals, because output can mean thousands of writes a second. The exit file signals
 * immediately.
 */
const outputRingMs = 100;

/** The interval between checks if the kernel has no more watches. */
const blindLookMs = 100;

export class DirectoryBell {
  readonly #watcher: FSWatcher | null;
  #hasRung = false;
  #wake: (() => void) | null = null;
  #outputTimer: NodeJS.Timeout | null = null;

  constructor(directory: string) {
    this.#watcher = openWatcher(directory, (name) => this.#noticed(name));
  }

  /** Waits for a signal, at most `limitMs`; a signal from before the call counts. Rejects with the signal's reason. */
  async wait(limitMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.#hasRung) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(done, this.#watcher === null ? Math.min(limitMs, blindLookMs) : limitMs);
        signal?.addEventListener('abort', done);
        this.#wake = done;
      });
    }
    this.#hasRung = false;
    signal?.throwIfAborted();
  }

  close(): void {
    this.#watcher?.close();
    if (this.#outputTimer !== null) clearTimeout(this.#outputTimer);
  }

  #noticed(name: string | null): void {
    if (name === null || name === sessionFiles.exit) this.#ring();
    else if (name === sessionFiles.stdout || name === sessionFiles.stderr) {
      this.#outputTimer ??= setTimeout(() => {
        this.#outputTimer = null;
        this.#ring();
      }, outputRingMs);
    }
  }

  #ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }
}

function openWatcher(directory: string, noticed: (name: string | null) => void): FSWatcher | null {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => noticed(name));
    // The directory was removed, or the queue overflowed: from here on only the timer signals.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch (error) {
    if (hasErrorCode(error, 'ENOSPC', 'EMFILE', 'ENFILE', 'ENOENT')) return null;
    throw error;
  }
}
