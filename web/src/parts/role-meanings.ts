import type { Me } from '../../../src/contract/contract.ts';

export const roleMeanings: Readonly<Record<Me['role'], string>> = {
  viewer: 'Can view everything and change nothing.',
  operator: 'Can view everything, submit and control work orders, and answer questions.',
  admin: 'Can do everything, including changes on the settings page.',
};
