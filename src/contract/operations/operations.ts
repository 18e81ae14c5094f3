// All operations of the HTTP interface.

export * from './cleanup.ts';
export * from './client-manager.ts';
export * from './demo.ts';
export * from './errors.ts';
export * from './escalations.ts';
export * from './forges.ts';
export * from './health.ts';
export * from './invites.ts';
export * from './learning.ts';
export * from './live.ts';
export * from './money.ts';
export * from './monitoring.ts';
export * from './projects.ts';
export * from './push.ts';
export * from './schedules.ts';
export * from './settings.ts';
export * from './sign-in.ts';
export * from './spec-runs.ts';
export * from './specs.ts';
export * from './steering.ts';
export * from './webhooks.ts';
export * from './work-orders.ts';
