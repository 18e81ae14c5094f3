// What the egress proxy and Moose agree on. Apart from both, so that the proxy loads little.

export const rulesFile = 'rules.json';
export const socketFile = 'socket';
/** One JSON object per line; the last one of a host counts. */
export const refusedFile = 'refused.jsonl';

export const refusalLimits = {
  hostsMax: 100,
  /** Above that, only each doubling is written. */
  eachCountMax: 20,
  hostCharsMax: 253,
  fileBytesMax: 2 * 1024 * 1024,
} as const;

/** Where a session finds its proxy, on its own loopback interface. */
export const egressPort = 3_128;
