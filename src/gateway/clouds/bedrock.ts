// Anthropic's models on Amazon Bedrock: a path for each model, a signature, and event streams instead of server-sent
// events.
import type { BedrockAccess } from '../../domain/agents/cloud.ts';
import type { UpstreamRequest } from '../calls/upstream.ts';
import { AwsKeySource } from './aws-credentials.ts';
import { bedrockError, bedrockException } from './bedrock-error.ts';
import type { CarriedCall, Carrier, CarrierDeps } from './carrier.ts';
import { anthropicError, cloudHeaders, ErrorDecoder } from './cloud-error.ts';
import { EventStreamDecoder } from './event-stream.ts';
import { signedForAws } from './sign-aws.ts';

const eventStreamType = 'application/vnd.amazon.eventstream';
/** The model timed out or failed at its work, which may have cost something. */
const statusesWithWork = [408, 424];
/** For clients of Anthropic, 424 is no status that they try again after. */
const failedDependency = 424;
const badGateway = 502;

export function bedrockCarrier(
  { region, credentials }: BedrockAccess,
  { baseUrl, clock, errorBytesMax }: CarrierDeps,
): Carrier {
  const source = new AwsKeySource(credentials, { region, clock });
  return {
    ready: async () => {
      const usable = await source.value();
      return async (call) => {
        const request = requestOf(baseUrl, call);
        if (usable.kind === 'keys')
          return signedForAws(request, { keys: usable.keys, region, now: clock.now() });
        return { ...request, headers: { ...request.headers, authorization: `Bearer ${usable.token}` } };
      };
    },
    shown: (head, model) => {
      const status = head.statusCode ?? 0;
      if (status === 401 || status === 403) source.refused();
      if (status >= 400) {
        const write = (body: Buffer) =>
          anthropicError(
            bedrockError({ status, headers: head.headers, body, region, model, now: clock.now() }),
          );
        return {
          status: status === failedDependency ? badGateway : status,
          headers: cloudHeaders(head.headers, 'application/json'),
          decoder: new ErrorDecoder(errorBytesMax, write),
        };
      }
      const isEvents = (head.headers['content-type'] ?? '').startsWith(eventStreamType);
      return {
        status,
        headers: cloudHeaders(head.headers, isEvents ? 'text/event-stream' : 'application/json'),
        decoder: isEvents
          ? new EventStreamDecoder((exception) =>
              anthropicError(bedrockException(exception, { region, model })),
            )
          : null,
      };
    },
    mayBill: (status) => statusesWithWork.includes(status),
  };
}

function requestOf(baseUrl: string, { model, isStream, headers, body }: CarriedCall): UpstreamRequest {
  const action = isStream ? 'invoke-with-response-stream' : 'invoke';
  return {
    url: new URL(`${baseUrl.replace(/\/+$/, '')}/model/${encodeURIComponent(model)}/${action}`),
    method: 'POST',
    headers,
    body,
  };
}
