// The wire format of Moose's interface: schemas that validate and document requests and answers.
export * from './base.ts';
export * from './calls.ts';
export * from './errors.ts';
export * from './escalations.ts';
export * from './health.ts';
export * from './learning.ts';
export * from './live.ts';
export * from './money.ts';
export * from './monitoring.ts';
export * from './printed.ts';
export * from './printed-documents.ts';
export * from './projects.ts';
export * from './pull-requests.ts';
export * from './settings.ts';
export * from './specs.ts';
export * from './work-order-detail.ts';
export * from './work-orders.ts';
