import { createOpenAI } from '@ai-sdk/openai';
import { wrapLanguageModel } from 'ai';
import type { Adapter } from '../adapter.ts';

/**
 * OpenAI Responses in JSON mode, which guarantees the syntax. The schema is in the prompt: the strict schema mode
 * refuses unions and limits, and we validate anyway.
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
          // The provider must store nothing of a user's repository.
          providerOptions: { openai: { store: false } },
        }),
      },
    }),
};
