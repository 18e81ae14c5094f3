import type { Adapter } from '../adapter.ts';

/**
 * Anthropic Messages. The object is requested in words and parsed by us: the newest models refuse a forced tool call,
 * and the native JSON format refuses schemas with limits in them.
 */
export const anthropicAdapter: Adapter = {
  defaultBaseUrl: 'https://api.anthropic.com/v1',
  languageModel: async (modelId, { baseUrl, apiKey, fetch }) => {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ baseURL: baseUrl, apiKey: apiKey ?? '', fetch })(modelId);
  },
};
