import { expect, test } from 'vitest';
import { authorizationIn, awsSignature, type SignedRequest } from './aws-signature.fixture.ts';
import { signedForAws } from './sign-aws.ts';

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const scope = { secretAccessKey, date: '20150830T123600Z', region: 'us-east-1', product: 'service' };
const vanilla: SignedRequest = {
  method: 'GET',
  path: '/',
  headers: { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' },
  signedHeaders: ['host', 'x-amz-date'],
  body: '',
};

/** From Amazon's published test suite and its documentation of the algorithm. */
test.each<[string, SignedRequest, string, string]>([
  ['get-vanilla', vanilla, 'service', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'post-vanilla',
    { ...vanilla, method: 'POST' },
    'service',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'get-vanilla-query-order-key-case',
    { ...vanilla, query: 'Param2=value2&Param1=value1' },
    'service',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'ListUsers',
    {
      ...vanilla,
      query: 'Action=ListUsers&Version=2010-05-08',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        host: 'iam.amazonaws.com',
        'x-amz-date': '20150830T123600Z',
      },
      signedHeaders: ['content-type', 'host', 'x-amz-date'],
    },
    'iam',
    '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  ],
])(
  "the scripted server's own algorithm makes Amazon's published signature: %s",
  (_name, request, product, signature) => {
    expect(awsSignature(request, { ...scope, product })).toBe(signature);
  },
);

test.each([
  ['/model/anthropic.claude-opus-4-6-v1/invoke', undefined],
  [
    '/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke-with-response-stream',
    'a-token/of+a=session',
  ],
])('the library signs %s as the published algorithm does', async (path, sessionToken) => {
  const url = new URL(`http://127.0.0.1:4711${path}`);
  const body = Buffer.from('{"größer":"🦌"}');
  const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey, ...(sessionToken && { sessionToken }) };
  const signed = await signedForAws(
    { url, method: 'POST', headers: { 'content-type': 'application/json' }, body },
    { keys, region: 'eu-west-1', now: new Date('2026-11-23T16:00:00Z') },
  );
  const { headers } = signed;
  const said = authorizationIn(headers.authorization ?? '');
  expect(said).toMatchObject({
    accessKeyId: 'AKIDEXAMPLE',
    day: '20261123',
    region: 'eu-west-1',
    product: 'bedrock',
  });
  const { signedHeaders = [], signature } = said ?? {};
  expect(signedHeaders).toEqual(expect.arrayContaining(['content-type', 'host', 'x-amz-date']));
  expect(signedHeaders.includes('x-amz-security-token')).toBe(sessionToken !== undefined);
  expect(signature).toBe(
    awsSignature(
      { method: 'POST', path: url.pathname, headers, signedHeaders, body },
      { secretAccessKey, date: '20261123T160000Z', region: 'eu-west-1', product: 'bedrock' },
    ),
  );
});
