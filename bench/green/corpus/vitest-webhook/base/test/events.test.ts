import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BadPayload, summarise, toEvent } from '../src/events';

const push = readFileSync(new URL('./fixtures/push.json', import.meta.url), 'utf8');

describe('toEvent', () => {
  it('reads a push', () => {
    expect(toEvent('push', push)).toEqual({
      kind: 'push',
      repo: 'acme/site',
      branch: 'main',
      commits: ['Fix the footer', 'Bump vite'],
    });
  });

  it('reads a deployment', () => {
    const event = toEvent('deploy', '{"service": "site", "version": "1.2.0"}');
    expect(event).toEqual({ kind: 'deploy', service: 'site', version: '1.2.0' });
  });

  it.each(['star', undefined])('does not know %s', (kind) => {
    expect(() => toEvent(kind, '{}')).toThrow(BadPayload);
  });

  it('wants JSON', () => {
    expect(() => toEvent('ping', '<xml/>')).toThrow('no JSON');
  });
});

describe('summarise', () => {
  it('lists the commits of a push', async () => {
    await expect(summarise(toEvent('push', push))).toMatchFileSnapshot('./recorded/push.txt');
  });

  it('says what is deployed', () => {
    expect(summarise({ kind: 'deploy', service: 'site', version: '1.2.0' })).toBe('site 1.2.0 deployed');
  });
});
