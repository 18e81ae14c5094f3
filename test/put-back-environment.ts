// `unstubEnvs` puts variables back before the next test, which is too late for the next file of the same process: it
// loads its modules, and starts its programs, before its first test.
import { afterAll, vi } from 'vitest';

afterAll(() => {
  vi.unstubAllEnvs();
});
