// The variables that say where traces go, as OpenTelemetry's own exporter reads them.
const text = (means: string, fallback = 'none') => ({
  means,
  default: fallback,
  read: (given: string) => given || undefined,
});

export const traceVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: text(
    'where Moose exports traces over OTLP (HTTP); the other standard variables of the exporter apply too',
    'none: Moose exports no traces',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: text('the same, for traces only'),
  OTEL_SDK_DISABLED: text('`true`: Moose exports no traces', 'not set'),
  OTEL_TRACES_EXPORTER: text('`none`: Moose exports no traces', 'not set'),
};
