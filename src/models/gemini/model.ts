import type { Adapter } from '../adapter.ts';

/** Gemini generateContent. The object is requested in words and parsed by us, like with the others. */
export const geminiAdapter: Adapter = {
  defaultBaseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  languageModel: async (modelId, { baseUrl, apiKey, fetch }) => {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
    return createGoogleGenerativeAI({ baseURL: baseUrl, apiKey: apiKey ?? '', fetch })(modelId);
  },
};
