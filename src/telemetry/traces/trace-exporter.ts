// Exports spans over OTLP. The exporter reads its target and headers from the standard variables
// (OTEL_EXPORTER_OTLP_…).

import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { TransientError } from '../../domain/failure.ts';
import { telemetryFailures } from '../failure-catalogue.ts';
import type { TracedSpan } from './run-spans.ts';

export interface TraceExporter {
  /** @throws TransientError `TRACES_NOT_TAKEN` */
  tell(spans: readonly TracedSpan[]): Promise<void>;
  close(): Promise<void>;
}

type HrTime = ReadableSpan['startTime'];
const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];

export function createTraceExporter(version: string): TraceExporter {
  const exporter = new OTLPTraceExporter();
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'moose', 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const readable = (span: TracedSpan): ReadableSpan => {
    const contextOf = (spanId: string) => ({
      traceId: span.traceId,
      spanId,
      traceFlags: TraceFlags.SAMPLED,
    });
    return {
      name: span.name,
      kind: span.isCall ? SpanKind.CLIENT : SpanKind.INTERNAL,
      spanContext: () => contextOf(span.spanId),
      ...(span.parentId === null ? {} : { parentSpanContext: contextOf(span.parentId) }),
      startTime: hrTime(span.startMs),
      endTime: hrTime(span.endMs),
      duration: hrTime(Math.max(0, span.endMs - span.startMs)),
      status:
        span.error === null
          ? { code: SpanStatusCode.OK }
          : { code: SpanStatusCode.ERROR, message: span.error },
      attributes: span.attributes,
      links: [],
      events: span.events.map(({ name, atMs, attributes }) => ({ name, time: hrTime(atMs), attributes })),
      ended: true,
      resource,
      instrumentationScope: { name: 'moose', version },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  };
  return {
    tell: (spans) =>
      new Promise((resolve, reject) => {
        exporter.export(spans.map(readable), ({ code, error }) => {
          if (code === 0) resolve();
          else reject(notTaken(error));
        });
      }),
    close: () => exporter.shutdown(),
  };
}

function notTaken(cause: unknown): TransientError {
  return telemetryFailures.TRACES_NOT_TAKEN({ operation: 'tell traces', cause });
}
