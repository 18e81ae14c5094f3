import type { Adapter } from '../adapter.ts';

/**
 * OpenAI Responses in JSON mode, which guarantees the syntax. The schema is in the prompt: the strict schema mode
 * refuses unions and limits, and we validate anyway.
 */
export const openaiAdapter: Adapter = {
  defaultBaseUrl: 'https://api.openai.com/v1',
  languageModel: async (modelId, { baseUrl, apiKey, fetch }) => {
    const [{ createOpenAI }, { wrapLanguageModel }] = await Promise.all([
      import('@ai-sdk/openai'),
      import('ai'),
    ]);
    return wrapLanguageModel({
      model: createOpenAI({ baseURL: baseUrl, apiKey: apiKey ?? '', fetch }).responses(modelId),
      middleware: {
        specificationVersion: 'v4',
        transformParams: async ({ params }) => ({
          ...params,
          responseFormat: { type: 'json' },
          // The provider must store nothing of a user's repository.
          providerOptions: { openai: { store: false } },
        }),
      },
    });
  },
};
