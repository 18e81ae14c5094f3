// What the vendor's SDK looks like, written down by us from its manual (version 3).
declare module 'acme-flags' {
  export interface Variant {
    name: string;
    payload?: string;
  }

  export interface Client {
    /** undefined when the flag is unknown. */
    variant(flag: string, user: string): Variant | undefined;
  }
}
