import { createOpenAI } from '@ai-sdk/openai';
import { wrapLanguageModel } from 'ai';
import type { Adapter } from '../adapter.ts';

/**
 * OpenAI Responses in JSON mode, which promises the syntax. The schema stands in the prompt: the strict schema
 * mode refuses unions and limits, and validation is ours anyhow.
 */
export const openaiAdapter: Adapter = {
  defaultBaseUrl: 'https://api.openai.com/v1',
  languageModel: (modelId, { baseUrl, apiKey, fetch }) =>
    wrapLanguageModel({
      model: createOpenAI({ baseURL: baseUrl, apiKey: apiKey ?? '', fetch }).responses(modelId),
      middleware: {
        specificationVersion: 'v4',
        transformParams: async ({ params }) => ({
          ...params,
          responseFormat: { type: 'json' },
          // Nothing of a user's repository is to stay with the provider.
          providerOptions: { openai: { store: false } },
        }),
      },
    }),
};
