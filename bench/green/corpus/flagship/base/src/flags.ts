import type { Client } from 'acme-flags';

export class Flags {
  constructor(private readonly client: Client) {}

  isOn(flag: string, user: string): boolean {
    return this.client.variant(flag, user)?.name === 'on';
  }
}
