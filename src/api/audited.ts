// Each change that is asked for through the interface goes through this.
export { audited } from '../engine/access/audited.ts';
