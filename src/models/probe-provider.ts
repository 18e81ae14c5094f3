// Checks whether a provider answers at its address and accepts its key, by requesting its list of models, which is
// free. No redirect is followed: the key only goes to the configured address.
import { type ForwardProxy, proxyOf } from '../stdx/http/forward-proxy.ts';
import { SendFailure, type Sent, sendOnce } from '../stdx/send-once.ts';
import { errorCode } from '../stdx/system-error.ts';
import { findProvider, type ModelSettings, readBaseUrl, readKey } from './providers.ts';

const probeMsMax = 5_000;
/** How much of an error answer is read; a list of models is longer, and is not read. */
const saidBytesMax = 4_000;

export interface ProviderProblem {
  what: string;
  advice: string;
}

/** Returns null if no problem was found. `name`: any model of the provider, as `provider/model`. */
export async function probeProvider(
  name: string,
  settings: ModelSettings,
  proxy: ForwardProxy,
): Promise<ProviderProblem | null> {
  const [providerName = ''] = name.split('/');
  const provider = findProvider(providerName, name, settings);
  const baseUrl = readBaseUrl(provider, name);
  const host = new URL(baseUrl).host;
  const key = readKey(provider, name);
  try {
    const answer = await sendOnce({
      method: 'GET',
      url: new URL(`${baseUrl}/models`),
      headers: key === null ? {} : headersOf(providerName, key),
      body: null,
      timeoutMs: probeMsMax,
      keep: 'head',
      bytesMax: saidBytesMax,
      proxy,
      signal: undefined,
    });
    if (!isKeyRefused(answer)) return null;
    return {
      what: `${host} refuses the key of ${providerName} (HTTP ${answer.status})`,
      advice: `Set ${provider.keyVariable} to a key that ${providerName} accepts.`,
    };
  } catch (cause) {
    const by = proxyOf(proxy, new URL(baseUrl));
    return {
      what: `${host} does not answer${by === null ? '' : ` through the proxy ${by}`} (${reasonOf(cause)})`,
      advice:
        by === null
          ? `Check the network, and the base URL of ${providerName} in the settings.`
          : `Check the proxy (HTTPS_PROXY, HTTP_PROXY), or name ${host} in NO_PROXY if it is reached without one.`,
    };
  }
}

function headersOf(provider: string, key: string): Record<string, string> {
  if (provider === 'anthropic') return { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
  return provider === 'gemini' ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` };
}

function isKeyRefused({ status, body }: Sent): boolean {
  if (status === 401 || status === 403) return true;
  // Google Gemini answers a wrong key like this.
  return status === 400 && body.toString('utf8').includes('API_KEY_INVALID');
}

/** Only the cause's code is reported: a message may contain the address, with a password in it. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof SendFailure)) return 'no connection';
  if (cause.reason === 'timeout') return `not within ${probeMsMax / 1_000} s`;
  return errorCode(cause.cause) ?? 'no connection';
}
