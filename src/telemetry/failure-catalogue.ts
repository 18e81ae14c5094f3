// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const telemetryFailures = catalogue('telemetry', {
  TRACES_NOT_TAKEN: {
    kind: 'transient',
    message: 'The trace collector is not accepting traces from Moose.',
    advice: 'Check OTEL_EXPORTER_OTLP_ENDPOINT and the collector; Moose sends the missing traces again.',
  },
});
