// The port to the metering gateway: its address for sessions and for Moose's own calls.

export interface GatewayAddress {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  url: string;
  port: number;
  /** The same gateway on a Unix socket, for sessions without a network. */
  socketPath: string;
}

export interface Gateway {
  /**
   * The gateway's current address; starts the gateway if it is not running.
   * @throws MooseError `GATEWAY_UNAVAILABLE`
   */
  address(signal?: AbortSignal): Promise<GatewayAddress>;
}
