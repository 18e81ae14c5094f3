// Exports traces to a real HTTP server, as collectors receive them.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { writeWeek } from '../../../test/week/week.ts';
import { createTraceExporter } from './trace-exporter.ts';
import { tracesJob } from './traces-job.ts';

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Array<{ key: string; value: Record<string, unknown> }>;
}

afterEach(() => vi.unstubAllEnvs());

/** A collector that accepts spans while `isUp`. */
async function collector() {
  const state = { isUp: true, spans: [] as OtlpSpan[], services: new Set<unknown>() };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (!state.isUp) return void response.writeHead(400).end();
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: Array<{
          resource: { attributes: OtlpSpan['attributes'] };
          scopeSpans: Array<{ spans: OtlpSpan[] }>;
        }>;
      };
      for (const { resource, scopeSpans } of resourceSpans) {
        state.services.add(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue);
        state.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return state;
}

test('R-UI-5: each ended run is one trace of its work order, exported once, or later if the collector is unavailable', async () => {
  const database = await testDatabase();
  const state = await collector();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'moose-traces-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  await writeWeek({ url: database.url, dataDirectory, workOrders: 60 });
  const exporter = createTraceExporter('1.2.3');
  onTestFinished(() => exporter.close());
  const job = tracesJob({ database, exporter });
  const { signal } = new AbortController();

  await job.run(signal);
  expect(state.spans).toEqual([]);
  await sql`update system_config set value = '{"endedAt": "2000-01-01", "id": "00000000-0000-0000-0000-000000000000"}'
    where key = 'telemetry.traces_told'`.execute(database.query);
  state.isUp = false;
  await expect(job.run(signal)).rejects.toMatchObject({ code: 'TRACES_NOT_TAKEN' });
  state.isUp = true;
  await job.run(signal);
  await job.run(signal);

  const ended = await database.query
    .selectFrom('runs')
    .select('workOrderId')
    .where('state', '=', 'ended')
    .execute();
  const roots = state.spans.filter(({ parentSpanId }) => !parentSpanId);
  expect(roots.map(({ traceId }) => traceId).sort()).toEqual(
    ended.map(({ workOrderId }) => workOrderId.replaceAll('-', '')).sort(),
  );
  expect(new Set(state.spans.map(({ spanId }) => spanId)).size).toBe(state.spans.length);
  const known = new Set(state.spans.map(({ spanId }) => spanId));
  expect(state.spans.filter(({ parentSpanId }) => parentSpanId && !known.has(parentSpanId))).toEqual([]);
  const call = state.spans.find(({ name }) => name.startsWith('chat '));
  const exported = Object.fromEntries(
    (call?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
  );
  expect(exported).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': expect.stringMatching(/anthropic|openai/),
    'gen_ai.usage.input_tokens': expect.anything(),
    'moose.cost_usd': expect.anything(),
  });
  expect([...state.services]).toEqual(['moose']);
});
