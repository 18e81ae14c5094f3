// The tables of notifications in browsers (`0093-push.sql`).
import type { Optional, WithDefault } from './column-types.ts';

export interface PushTables {
  pushKey: {
    isOnly: WithDefault<boolean>;
    publicKey: string;
    sealed: Buffer;
    keyId: string;
    createdAt: WithDefault<Date>;
  };
  pushSubscriptions: {
    id: string;
    person: string;
    tokenId: string;
    sessionId: Optional<string>;
    endpoint: string;
    p256dh: Buffer;
    auth: Buffer;
    browser: string;
    createdAt: WithDefault<Date>;
    renewedAt: WithDefault<Date>;
    lastSuccessAt: Optional<Date>;
    failures: WithDefault<number>;
    lastFailure: Optional<string>;
  };
}
