// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const gatewayFailures = catalogue('gateway', {
  GATEWAY_NOT_LISTENING: {
    kind: 'configuration',
    message: 'The gateway cannot listen on {what} ({code}).',
    advice:
      'Keep the data directory on a local disk and its path short: a socket path has at most 107 characters.',
  },
  GATEWAY_PORT_TAKEN: {
    kind: 'configuration',
    message: 'The gateway cannot use {what}: it is in use by another program or another gateway.',
    advice: 'Stop that program, or let the gateway choose another port.',
  },
  GATEWAY_SILENT: {
    kind: 'transient',
    severity: 'high',
    message:
      'The gateway, through which every model call goes, stopped answering. Moose ends it and starts another one.',
    advice: 'No action is needed. If it happens again, check whether this machine has enough memory.',
  },
  GATEWAY_SOCKET_NOT_PRIVATE: {
    kind: 'configuration',
    message: "The folder {path}, for the gateway's socket, belongs to somebody else or is open to others.",
    advice: 'Remove it, or choose a data directory with a shorter path, which holds the socket itself.',
  },
  GATEWAY_UNAVAILABLE: {
    kind: 'transient',
    severity: 'high',
    message: 'The gateway, through which every model call goes, could not be started{reason}',
    advice: 'Check gateway.log in the data directory; `moose doctor` shows what is missing.',
  },
});
