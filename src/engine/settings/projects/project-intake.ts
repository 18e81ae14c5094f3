// Who may start work of a project on its forge: which issues become work orders, and which programs' reviews
// count. Both spend money, so only a person may widen them. Pure.
import type * as wire from '../../../contract/contract.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';

type Intake = Pick<wire.Project, 'name' | 'intake_label' | 'forge_programs'>;

export function intakeOf({ intake_label, forge_programs }: ProjectSettings) {
  return { intake_label: intake_label ?? null, forge_programs: forge_programs ?? null };
}

/** Null removes a setting. */
export function intakeSettings({ intakeLabel, forgePrograms }: ProjectChange) {
  return {
    ...(intakeLabel === undefined ? {} : { intake_label: intakeLabel }),
    ...(forgePrograms === undefined
      ? {}
      : { forge_programs: forgePrograms?.length ? [...forgePrograms] : null }),
  };
}

export function widenedIntake(now: Intake, { intakeLabel, forgePrograms }: ProjectChange): string[] {
  const isTaken = typeof intakeLabel === 'string' && intakeLabel !== now.intake_label;
  const added = (forgePrograms ?? []).filter((login) => !now.forge_programs?.includes(login));
  return [
    ...(isTaken ? [`taking issues of ${now.name} with the label ${intakeLabel} as work orders`] : []),
    ...(added.length > 0 ? [`letting ${added.join(', ')} ask for work in ${now.name}`] : []),
  ];
}
