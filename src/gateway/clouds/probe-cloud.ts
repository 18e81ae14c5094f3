// Checks whether a cloud accepts the credentials and knows a model, with a request that it has to refuse: an empty body
// costs nothing.
import { once } from 'node:events';
import { type CloudAccess, cloudTitles } from '../../domain/agents/cloud.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { ForwardProxy } from '../../stdx/http/forward-proxy.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { CallRefused } from '../calls/call-refused.ts';
import { openTransport, UpstreamFailure } from '../calls/upstream.ts';
import { gatewayLimits } from '../limits.ts';
import { failureOfAnswer } from '../wire/answers/provider-failure.ts';
import { objectIn, parseOrNull, textIn } from '../wire/json-value.ts';
import { carrierOf } from './carrier-of.ts';

const probeMsMax = 5_000;

export interface CloudProblem {
  what: string;
  advice: string;
}

/** Returns null if no problem was found. @param model the cloud's name for it */
export async function probeCloud(
  access: CloudAccess,
  baseUrl: string,
  model: string,
  proxy: ForwardProxy,
): Promise<CloudProblem | null> {
  const { errorBytesMax } = gatewayLimits;
  const carrier = carrierOf(access, { baseUrl, clock: systemClock, errorBytesMax, proxy });
  const transport = openTransport({ ...gatewayLimits, connectMs: probeMsMax, answerMs: probeMsMax }, proxy);
  const title = cloudTitles[access.name];
  try {
    const authorize = await carrier.ready(AbortSignal.timeout(probeMsMax));
    const headers = { 'content-type': 'application/json' };
    const request = await authorize({ model, isStream: false, headers, body: Buffer.from('{}') });
    const head = await transport.ask(request, AbortSignal.timeout(2 * probeMsMax));
    const { status, decoder } = carrier.shown(head, model);
    const parts: Buffer[] = [];
    head.on('data', (chunk: Buffer) => parts.push(decoder?.push(chunk) ?? Buffer.alloc(0)));
    await once(head, 'close');
    const body = Buffer.concat([...parts, decoder?.end() ?? Buffer.alloc(0)]);
    const failure = failureOfAnswer(status, body);
    if (status < 400 || (failure !== 'authentication' && failure !== 'model_not_found')) return null;
    const said = textIn(objectIn(parseOrNull(body.toString('utf8')), 'error'), 'message');
    const what = failure === 'authentication' ? 'refuses the credentials' : `has no model ${model}`;
    return { what: `${title} ${what} (HTTP ${status})`, advice: said ?? 'Check its settings.' };
  } catch (cause) {
    if (cause instanceof CallRefused)
      return { what: `there are no credentials for ${title}`, advice: cause.message };
    if (!(cause instanceof UpstreamFailure)) throw cause;
    const { host } = new URL(baseUrl);
    return {
      what: `${host} does not answer (${errorCode(cause.cause) ?? 'no connection'})`,
      advice: `Check the network, and the region and address of ${title} in the settings.`,
    };
  } finally {
    transport.close();
  }
}
