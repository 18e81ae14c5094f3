/** The reason to end a service that nobody needs any more. */
export class Released extends Error {
  constructor() {
    super('The services are no longer needed');
    this.name = 'Released';
  }
}
