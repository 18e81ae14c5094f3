// Prints each failure whole, a line each minute that says how far the run is, and nothing about what passed: the output of
// a green run of thousands of tests fits on a screen.
import { MinimalReporter, type TestModule, type TestSpecification } from 'vitest/node';

const lineEveryMs = 60_000;

export class QuietReporter extends MinimalReporter {
  #files = 0;
  #ended = 0;
  #failed = 0;
  #timer: NodeJS.Timeout | undefined;

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    super.onTestRunStart(specifications);
    this.#files = specifications.length;
    const startedMs = performance.now();
    this.#timer = setInterval(() => {
      const minutes = Math.round((performance.now() - startedMs) / 60_000);
      const red = this.#failed === 0 ? '' : `, ${this.#failed} with failures`;
      this.log(`${minutes} min: ${this.#ended} of ${this.#files} test files done${red}`);
    }, lineEveryMs).unref();
  }

  override onTestModuleEnd(module: TestModule): void {
    super.onTestModuleEnd(module);
    this.#ended += 1;
    if (!module.ok()) this.#failed += 1;
  }

  override onTestRunEnd(...run: Parameters<MinimalReporter['onTestRunEnd']>): void {
    clearInterval(this.#timer);
    super.onTestRunEnd(...run);
  }

  /** The counts come from the reporter of counts, in the one line that programs read. */
  override reportTestSummary(): void {}
}
