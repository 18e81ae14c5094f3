// The variables of the clouds that sell Anthropic's models. A cloud is used only if its own variable is set:
// credentials alone may be on a machine for other reasons.
import { appFailures } from '../failure-catalogue.ts';

const asText = (given: string) => given || undefined;
const text = (means: string, fallback = 'none') => ({ means, default: fallback, read: asText });
const secret = (means: string) => ({ ...text(means), isSecret: true as const });
const matching = (means: string, pattern: RegExp, example: string, fallback = 'none') => ({
  means,
  default: fallback,
  read: (given: string, name: string) => {
    if (given === '' || pattern.test(given)) return given || undefined;
    throw appFailures.SETTING_INVALID('read', { name, given: JSON.stringify(given.slice(0, 80)), example });
  },
});

export const cloudVariables = {
  MOOSE_BEDROCK_REGION: matching(
    "the AWS region whose Amazon Bedrock offers Anthropic's models as `bedrock/MODEL`",
    /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/,
    'us-east-1',
    'none: Moose does not use Bedrock',
  ),
  AWS_BEARER_TOKEN_BEDROCK: secret('an API key of Amazon Bedrock; read only with `MOOSE_BEDROCK_REGION`'),
  AWS_ACCESS_KEY_ID: secret('the access key for Bedrock, if there is no API key'),
  AWS_SECRET_ACCESS_KEY: secret('its secret'),
  AWS_SESSION_TOKEN: secret('its session token, if the key is temporary'),
  AWS_PROFILE: text(
    'the profile for Bedrock, if no key is set: its keys, role, `credential_process`, web identity or single sign-on; Moose reads its files for each call, so renewed keys are used at once',
    '`default`',
  ),
  AWS_SHARED_CREDENTIALS_FILE: text('the file with the keys of that profile', '`~/.aws/credentials`'),
  AWS_CONFIG_FILE: text('the file with the settings of that profile', '`~/.aws/config`'),
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: text(
    'the address of Bedrock, for a private endpoint',
    "the region's own",
  ),
  MOOSE_VERTEX_PROJECT: matching(
    "the ID of the Google Cloud project whose Vertex AI offers Anthropic's models as `vertex/MODEL`",
    /^[a-z0-9][a-z0-9.:-]{1,80}$/,
    'my-project',
    'none: Moose does not use Vertex AI',
  ),
  MOOSE_VERTEX_LOCATION: matching(
    'the location of Vertex AI: a region, `us`, `eu` or `global`; all but `global` cost 10 % more',
    /^[a-z]{2,20}(?:-[a-z]+\d{1,2})?$/,
    'us-east5',
    '`global`',
  ),
  MOOSE_VERTEX_BASE_URL: text('the address of Vertex AI, for a private endpoint', "the location's own"),
  MOOSE_VERTEX_TOKEN_COMMAND: text(
    'a shell command that prints an access token, as in `gcloud auth print-access-token`; it runs in the gateway, at most every four minutes, and only if `GOOGLE_APPLICATION_CREDENTIALS` is not set',
  ),
  GOOGLE_APPLICATION_CREDENTIALS: text('the path of the JSON key of a service account for Vertex AI'),
};
