// Names and limits that the egress proxy and Moose share. They are in a separate file, so that the proxy loads little.

export const rulesFile = 'rules.json';
export const socketFile = 'socket';
/** One JSON object per line; the last line of a host counts. */
export const refusedFile = 'refused.jsonl';

export const refusalLimits = {
  hostsMax: 100,
  /** After this many refusals of a host, a line is written only when the count has doubled. */
  eachCountMax: 20,
  hostCharsMax: 253,
  fileBytesMax: 2 * 1024 * 1024,
} as const;

/** Where a session finds its proxy, on its own loopback interface. */
export const egressPort = 3_128;
