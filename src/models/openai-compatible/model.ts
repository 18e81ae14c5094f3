import type { Adapter } from '../adapter.ts';

/**
 * OpenAI Chat Completions, as Ollama, vLLM, OpenRouter and others speak it. No `response_format` is sent: many of these
 * servers answer 400 to it.
 */
export const openaiCompatibleAdapter: Adapter = {
  defaultBaseUrl: null,
  languageModel: async (modelId, { baseUrl, apiKey, fetch }) => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return createOpenAICompatible({
      name: 'compatible',
      baseURL: baseUrl,
      fetch,
      ...(apiKey === null ? {} : { apiKey }),
    })(modelId);
  },
};
