import { expect, test } from 'vitest';
import { ConfigurationError } from '../domain/failure.ts';
import { createModel } from './catalog.ts';
import { flatPrice } from './flat-price.fixture.ts';
import { findKnownPrice, scriptedModels } from './prices.ts';
import type { ModelSettings } from './providers.ts';

const apiKey = 'sk-planted-4f9a27c1d0e8b365';
const settings: ModelSettings = {
  anthropic: { apiKey },
  openai: { apiKey },
  compatible: { baseUrl: 'http://127.0.0.1:9/v1', name: 'ollama' },
  scripted: { baseUrl: 'http://127.0.0.1:9/v1' },
};
const known = findKnownPrice();

test.each([
  ['anthropic/claude-sonnet-5', 'anthropic', false],
  ['openai/gpt-5', 'openai', false],
  [scriptedModels.strong, 'scripted', true],
])('%s is made from its settings, with its price', (name, provider, isScripted) => {
  const price = known(name);
  expect(price).not.toBeNull();
  expect(createModel(name, settings, known)).toMatchObject({
    name,
    provider,
    isScripted,
    price,
  });
});

test('a compatible server can be called by its own name, and the names of its models may contain slashes', () => {
  const prices = () => flatPrice('0', '0');
  expect(createModel('compatible/qwen3', settings, prices).provider).toBe('compatible');
  expect(createModel('ollama/library/qwen3:8b', settings, prices)).toMatchObject({
    provider: 'ollama',
    isScripted: false,
  });
});

test.each([
  ['no slash', 'claude', settings, 'MODEL_NAME_INVALID', 'slash'],
  ['no model', 'anthropic/', settings, 'MODEL_NAME_INVALID', 'slash'],
  ['an unknown provider', 'acme/one', settings, 'MODEL_PROVIDER_UNKNOWN', 'compatible'],
  ['no settings', 'anthropic/claude-sonnet-5', {}, 'MODEL_KEY_MISSING', 'ANTHROPIC_API_KEY'],
  ['a blank key', 'openai/gpt-5', { openai: { apiKey: ' ' } }, 'MODEL_KEY_MISSING', 'OPENAI_API_KEY'],
  [
    'a key of two lines',
    'openai/gpt-5',
    { openai: { apiKey: `${apiKey}\n${apiKey}` } },
    'MODEL_KEY_INVALID',
    'OPENAI',
  ],
  ['no base URL', scriptedModels.light, {}, 'MODEL_BASE_URL_MISSING', 'base URL'],
  [
    'a base URL of files',
    scriptedModels.light,
    { scripted: { baseUrl: 'file:///v1' } },
    'MODEL_BASE_URL_INVALID',
    'http',
  ],
  [
    'a password in the base URL',
    scriptedModels.light,
    { scripted: { baseUrl: `http://a:${apiKey}@h/v1` } },
    'MODEL_BASE_URL_INVALID',
    'separately',
  ],
])('%s is refused with advice', (_, name, given, code, advice) => {
  const attempt = () => createModel(name, given, known);
  expect(attempt).toThrow(ConfigurationError);
  expect(attempt).toThrow(expect.objectContaining({ code, advice: expect.stringContaining(advice) }));
  expect(attempt).not.toThrow(expect.objectContaining({ message: expect.stringContaining(apiKey) }));
});

test.each(['anthropic/claude-sonnet-99', 'anthropic/claude-sonnet', 'ollama/qwen3', 'anthropic/constructor'])(
  'a model without a price is refused, not called for free: %s (R-BUD-9)',
  (name) => {
    expect(() => createModel(name, settings, known)).toThrow(
      expect.objectContaining({ code: 'MODEL_UNPRICED', advice: expect.stringContaining(name) }),
    );
  },
);
