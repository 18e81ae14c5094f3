/** The reason of the signal when a person has cancelled the work order: then, and only then, its processes are stopped. */
export class CancelRequested extends Error {
  constructor() {
    super('The work order was cancelled');
    this.name = 'CancelRequested';
  }
}
