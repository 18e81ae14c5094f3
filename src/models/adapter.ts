import type { LanguageModel } from 'ai';

/** How one wire protocol is spoken; everything else about a call is the same for all protocols. */
export interface Adapter {
  /** The provider's address, including the version segment; null if only the settings contain it. */
  defaultBaseUrl: string | null;
  /**
   * The AI SDK's model. It sends only through `fetch`, so that limits and failures are ours. The SDK is loaded by the first
   * call: a Moose whose agents bring their own models never needs it.
   */
  languageModel(modelId: string, connection: Connection): Promise<LanguageModel>;
}

export interface Connection {
  baseUrl: string;
  /** Null for a server that needs none. */
  apiKey: string | null;
  fetch: typeof globalThis.fetch;
}
