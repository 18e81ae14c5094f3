import { expect, test } from 'vitest';
import { startProvider } from '../../api/oidc-ground.fixture.ts';
import { diagnoseSignIn } from './sign-in.ts';

const signInAt = (issuer: string) => ({
  oidc: { issuer, clientId: 'moose', clientSecret: null, scope: 'openid' },
  proxy: null,
  allow: [],
});

test('R-BASE-4: the doctor asks the provider, and says what is missing', async () => {
  const { issuer } = await startProvider(['http://127.0.0.1/cb']);
  const baseUrl = 'https://moose.example.org';
  expect(await diagnoseSignIn({ signIn: { oidc: null, proxy: null, allow: [] }, baseUrl })).toEqual([]);
  expect(await diagnoseSignIn({ signIn: signInAt(issuer), baseUrl })).toMatchObject([
    { state: 'ok', found: issuer },
  ]);
  expect(await diagnoseSignIn({ signIn: signInAt(issuer), baseUrl: null })).toMatchObject([
    { state: 'warning', advice: expect.stringContaining('MOOSE_BASE_URL') },
  ]);
  expect(await diagnoseSignIn({ signIn: signInAt('http://127.0.0.1:1'), baseUrl })).toMatchObject([
    { state: 'warning', found: expect.stringContaining('did not answer') },
  ]);
  expect(await diagnoseSignIn({ signIn: signInAt(`${issuer}/nothing`), baseUrl })).toMatchObject([
    { state: 'warning', advice: expect.stringContaining('MOOSE_OIDC_ISSUER') },
  ]);
});
