// The port to the metering gateway: its address for sessions and for Moose's own calls.

export interface GatewayAddress {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  url: string;
  port: number;
  /** The same gateway on a unix socket, for who has no network. */
  socketPath: string;
}

export interface Gateway {
  /** Where it answers now; started when it is not there. @throws MooseError `GATEWAY_UNAVAILABLE`. */
  address(signal?: AbortSignal): Promise<GatewayAddress>;
}
