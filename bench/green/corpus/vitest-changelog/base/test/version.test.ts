import { expect, test } from 'vitest';
import { nextVersion } from '../src/version';

const commit = (type: string, breaking = false) => ({ type, subject: 's', breaking });

test('patch', () => expect(nextVersion('1.2.3', [commit('fix')])).toBe('1.2.4'));
test('minor', () => expect(nextVersion('1.2.3', [commit('fix'), commit('feat')])).toBe('1.3.0'));
test('major', () => expect(nextVersion('1.2.3', [commit('fix', true)])).toBe('2.0.0'));
