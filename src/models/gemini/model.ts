import { createGoogleGenerativeAI } from '@ai-sdk/google';
import type { Adapter } from '../adapter.ts';

/** Gemini generateContent. The object is requested in words and parsed by us, like with the others. */
export const geminiAdapter: Adapter = {
  defaultBaseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  languageModel: (modelId, { baseUrl, apiKey, fetch }) =>
    createGoogleGenerativeAI({ baseURL: baseUrl, apiKey: apiKey ?? '', fetch })(modelId),
};
