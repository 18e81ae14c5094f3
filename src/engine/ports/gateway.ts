// The seam to the metering gateway: where it listens, for what Moose starts and what Moose asks itself.

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
