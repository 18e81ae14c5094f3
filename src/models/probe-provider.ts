// Checks whether a provider answers at its address and accepts its key, by requesting its list of models, which is
// free. No redirect is followed: the key only goes to the configured address.
import { findProvider, type ModelSettings, readBaseUrl, readKey } from './providers.ts';

const probeMsMax = 5_000;
/** How much of an error answer is read; a list of models is longer, and is not read. */
const saidCharsMax = 4_000;

export interface ProviderProblem {
  what: string;
  advice: string;
}

/** Returns null if no problem was found. `name`: any model of the provider, as `provider/model`. */
export async function probeProvider(name: string, settings: ModelSettings): Promise<ProviderProblem | null> {
  const [providerName = ''] = name.split('/');
  const provider = findProvider(providerName, name, settings);
  const baseUrl = readBaseUrl(provider, name);
  const host = new URL(baseUrl).host;
  const key = readKey(provider, name);
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers: key === null ? {} : headersOf(providerName, key),
      redirect: 'manual',
      signal: AbortSignal.timeout(probeMsMax),
    });
    if (!(await isKeyRefused(response))) return null;
    return {
      what: `${host} refuses the key of ${providerName} (HTTP ${response.status})`,
      advice: `Set ${provider.keyVariable} to a key that ${providerName} accepts.`,
    };
  } catch (cause) {
    return {
      what: `${host} does not answer (${reasonOf(cause)})`,
      advice: `Check the network, and the base URL of ${providerName} in the settings.`,
    };
  }
}

function headersOf(provider: string, key: string): Record<string, string> {
  if (provider === 'anthropic') return { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
  return provider === 'gemini' ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` };
}

async function isKeyRefused(response: Response): Promise<boolean> {
  const { status } = response;
  if (status === 401 || status === 403) {
    await response.body?.cancel();
    return true;
  }
  if (status !== 400) {
    await response.body?.cancel();
    return false;
  }
  // Google Gemini answers a wrong key like this.
  return (await response.text()).slice(0, saidCharsMax).includes('API_KEY_INVALID');
}

/** Only the cause's code is reported: a message may contain the address, with a password in it. */
function reasonOf(cause: unknown): string {
  const { name, cause: inner } = cause as { name?: string; cause?: { code?: string } };
  return inner?.code ?? (name === 'TimeoutError' ? `not within ${probeMsMax / 1_000} s` : 'no connection');
}
