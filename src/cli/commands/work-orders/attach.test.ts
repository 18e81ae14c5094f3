import { expect, test } from 'vitest';
import { viewerCommand } from '../../../sessions/viewer.ts';
import { viewerOf } from './attach.ts';

const here = { dataDirectory: '/data', host: 'here' };
const running = { host: 'here', ended_at: null, viewer: 'moose-1' };

test('R-SES-2: the viewer of a running agent is opened on its machine, and nowhere else', () => {
  const ended = { ...running, ended_at: '2026-01-01T00:00:00.000Z', viewer: 'moose-0' };
  const code = (sessions: Parameters<typeof viewerOf>[0]) => {
    try {
      return viewerOf(sessions, here).slice(-4);
    } catch (cause) {
      return (cause as { code: string }).code;
    }
  };
  expect(code([])).toBe('VIEWER_MISSING');
  expect(code([ended, { ...running, viewer: null }])).toBe('VIEWER_MISSING');
  expect(code([{ ...running, host: 'far' }])).toBe('VIEWER_ELSEWHERE');
  const opens = ['attach-session', '-r', '-t', '=moose-1'];
  expect(code([ended, running])).toEqual(viewerCommand('/data') === null ? 'VIEWER_MISSING' : opens);
});
