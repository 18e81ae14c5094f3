// The wire format of Moose's interface: what is sent and answered, as schemas that check it and document it.
export * from './contract/base.ts';
export * from './contract/errors.ts';
export * from './contract/escalations.ts';
export * from './contract/health.ts';
export * from './contract/learning.ts';
export * from './contract/live.ts';
export * from './contract/money.ts';
export * from './contract/monitoring.ts';
export * from './contract/settings.ts';
export * from './contract/specs.ts';
export * from './contract/work-order-detail.ts';
export * from './contract/work-orders.ts';
