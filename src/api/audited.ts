// Each change that is asked for through the interface goes through this.
export { type AuditEntry, audited } from '../engine/access/audited.ts';
