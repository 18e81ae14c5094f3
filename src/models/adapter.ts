import type { LanguageModel } from 'ai';

/** How one wire protocol is spoken; everything else about a call is the same for all of them. */
export interface Adapter {
  /** Where the provider lives, version segment included; null when only the settings can say. */
  defaultBaseUrl: string | null;
  /** The AI SDK's model. It sends through `fetch` alone, so that limits and failures are ours. */
  languageModel(modelId: string, connection: Connection): LanguageModel;
}

export interface Connection {
  baseUrl: string;
  /** Null for a server that asks for none. */
  apiKey: string | null;
  fetch: typeof globalThis.fetch;
}
