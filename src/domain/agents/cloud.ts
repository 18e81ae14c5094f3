// Clouds that sell Anthropic's models under their own addresses, credentials and prices.

export const cloudNames = ['bedrock', 'vertex'] as const;
export type CloudName = (typeof cloudNames)[number];

export const cloudTitles: Readonly<Record<CloudName, string>> = {
  bedrock: 'Amazon Bedrock',
  vertex: 'Google Vertex AI',
};

export type AwsCredentials =
  | { kind: 'keys'; accessKeyId: string; secretAccessKey: string; sessionToken: string | null }
  /** Its files are read again for each call, because other tools renew the keys in them. */
  | { kind: 'profile'; file: string; configFile: string; profile: string }
  /** An API key of Bedrock. */
  | { kind: 'bearer'; token: string };

export interface BedrockAccess {
  name: 'bedrock';
  region: string;
  credentials: AwsCredentials;
}

export type GoogleCredentials =
  /** The JSON key of a service account. */
  | { kind: 'key_file'; file: string }
  /** A shell command that prints an access token. */
  | { kind: 'command'; command: string };

export interface VertexAccess {
  name: 'vertex';
  project: string;
  /** A region, `us`, `eu` or `global`. */
  location: string;
  credentials: GoogleCredentials;
}

export type CloudAccess = BedrockAccess | VertexAccess;

export function isCloud(provider: string): provider is CloudName {
  return (cloudNames as readonly string[]).includes(provider);
}

/** The secrets that the settings contain; those in files are read later. */
export function cloudSecrets({ credentials }: CloudAccess): (string | null)[] {
  if (credentials.kind === 'bearer') return [credentials.token];
  if (credentials.kind !== 'keys') return [];
  return [credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken];
}
