// How Moose reaches the clouds that sell Anthropic's models, from the environment.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AwsCredentials, GoogleCredentials } from '../../domain/agents/cloud.ts';
import type { ModelSettings } from '../../models/providers.ts';
import type { Environment } from './own-environment.ts';
import { readVariable } from './variables.ts';

/** @throws ConfigurationError `SETTING_INVALID` */
export function cloudSettings(env: Environment): Pick<ModelSettings, 'bedrock' | 'vertex'> {
  const region = readVariable(env, 'MOOSE_BEDROCK_REGION');
  const project = readVariable(env, 'MOOSE_VERTEX_PROJECT');
  return {
    ...(region && { bedrock: bedrockSettings(env, region) }),
    ...(project && { vertex: vertexSettings(env, project) }),
  };
}

function bedrockSettings(env: Environment, region: string): ModelSettings['bedrock'] {
  const baseUrl =
    readVariable(env, 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME') ??
    `https://bedrock-runtime.${region}.amazonaws.com`;
  return { baseUrl, access: { name: 'bedrock', region, credentials: awsCredentials(env) } };
}

function awsCredentials(env: Environment): AwsCredentials {
  const token = readVariable(env, 'AWS_BEARER_TOKEN_BEDROCK');
  if (token !== undefined) return { kind: 'bearer', token };
  const accessKeyId = readVariable(env, 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = readVariable(env, 'AWS_SECRET_ACCESS_KEY');
  const sessionToken = readVariable(env, 'AWS_SESSION_TOKEN') ?? null;
  if (accessKeyId && secretAccessKey) return { kind: 'keys', accessKeyId, secretAccessKey, sessionToken };
  const home = env.HOME || homedir();
  return {
    kind: 'profile',
    file: resolve(readVariable(env, 'AWS_SHARED_CREDENTIALS_FILE') ?? join(home, '.aws', 'credentials')),
    configFile: resolve(readVariable(env, 'AWS_CONFIG_FILE') ?? join(home, '.aws', 'config')),
    profile: readVariable(env, 'AWS_PROFILE') ?? 'default',
  };
}

function vertexSettings(env: Environment, project: string): ModelSettings['vertex'] {
  const location = readVariable(env, 'MOOSE_VERTEX_LOCATION') ?? 'global';
  const credentials = googleCredentials(env);
  return {
    baseUrl: readVariable(env, 'MOOSE_VERTEX_BASE_URL') ?? vertexUrl(location),
    access: credentials && { name: 'vertex', project, location, credentials },
  };
}

function vertexUrl(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com';
  const isManyRegions = location === 'us' || location === 'eu';
  return isManyRegions
    ? `https://aiplatform.${location}.rep.googleapis.com`
    : `https://${location}-aiplatform.googleapis.com`;
}

function googleCredentials(env: Environment): GoogleCredentials | null {
  const file = readVariable(env, 'GOOGLE_APPLICATION_CREDENTIALS');
  if (file !== undefined) return { kind: 'key_file', file: resolve(file) };
  const command = readVariable(env, 'MOOSE_VERTEX_TOKEN_COMMAND');
  return command === undefined ? null : { kind: 'command', command };
}
