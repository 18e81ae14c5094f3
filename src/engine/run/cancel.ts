/** The signal's reason if a person has cancelled the work order: only then are its processes stopped. */
export class CancelRequested extends Error {
  constructor() {
    super('The work order was cancelled');
    this.name = 'CancelRequested';
  }
}
