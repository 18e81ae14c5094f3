// Several failures of things that were done one after the other, thrown as one: whoever records it records each of them.

/** Its own class: systems also throw an AggregateError for one failure, such as a connection to a host with two addresses. */
export class SeveralFailures extends AggregateError {}

/** Throws what failed, if anything: one failure as it is, several together. */
export function throwAll(failures: readonly unknown[]): void {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new SeveralFailures(failures, `${failures.length} things failed`);
}

/** Each failure in what was thrown; at least one. */
export function failuresIn(thrown: unknown): unknown[] {
  return thrown instanceof SeveralFailures ? thrown.errors.flatMap(failuresIn) : [thrown];
}
