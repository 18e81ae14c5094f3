// The workflows that this process works on. A workflow that is taken away and comes back runs twice, until the first
// execution has noticed its lost fence: then the end of the first must not hide the second.
export class RunningWorkflows {
  readonly #executions = new Map<string, number>();

  begin(workflowId: string): void {
    this.#executions.set(workflowId, (this.#executions.get(workflowId) ?? 0) + 1);
  }

  end(workflowId: string): void {
    const left = (this.#executions.get(workflowId) ?? 0) - 1;
    if (left > 0) this.#executions.set(workflowId, left);
    else this.#executions.delete(workflowId);
  }

  has(workflowId: string): boolean {
    return this.#executions.has(workflowId);
  }

  get size(): number {
    return this.#executions.size;
  }
}
