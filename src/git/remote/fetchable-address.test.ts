// From where Moose itself fetches (R-SEC-6).
import { expect, test } from 'vitest';
import { fetchOptions } from './fetchable-address.ts';

const rules = {
  ownAddress: 'git@git.corp.internal:team/project.git',
  privateHosts: ['mirror.corp.internal'],
};

test.each([
  'http://169.254.169.254/latest/meta-data',
  'http://[fd00:ec2::254]/a.git',
  'http://0x7f.1/a.git',
  'http://2130706433:8080/a.git',
  'http://user:secret@127.0.0.1/a.git',
  'https://localhost/a.git',
  'https://10.1.2.3/a.git',
  'https://other.internal/a.git',
  'ssh://git@192.168.0.7:2222/a.git',
  'git://[::ffff:127.0.0.1]/a.git',
  'git@127.0.0.1:a.git',
  '[::1]:a.git',
  'router:a.git',
  'https://',
])('R-SEC-6: fear: %s is fetched', async (url) => {
  expect(await fetchOptions(url, rules)).toBeNull();
});

test("R-SEC-6: the project's own host, a confirmed host and a public address are fetched; only the own host redirects", async () => {
  expect(await fetchOptions('https://git.corp.internal/team/other.git', rules)).toEqual([]);
  const noRedirects = ['-c', 'http.followRedirects=false'];
  expect(await fetchOptions('https://mirror.corp.internal/a.git', rules)).toEqual(noRedirects);
  expect(await fetchOptions('ssh://git@mirror.corp.internal/a.git', rules)).toEqual(noRedirects);
  expect(await fetchOptions('https://203.0.113.7/a.git', rules)).toEqual(noRedirects);
  // A folder: whether it may be read is decided elsewhere.
  expect(await fetchOptions('/srv/git/beside.git', rules)).toEqual([]);
});

test('R-SEC-6: a name that nobody knows is tried again later: git could get another answer than Moose', async () => {
  await expect(fetchOptions('https://nowhere.invalid/a.git', rules)).rejects.toMatchObject({
    code: 'REMOTE_HOST_UNKNOWN',
    category: 'transient',
  });
});
