export interface Step {
  day: number;
  percent: number;
}

/** Percent of users on a day; steps are ordered by day. */
export function percentOn(steps: Step[], day: number): number {
  let percent = 0;
  for (let i = 0; i < steps.length; i++) {
    if (steps[i].day <= day) percent = steps[i].percent;
  }
  return percent;
}

export function bucket(user: string): number {
  let h = 0;
  for (let i = 0; i < user.length; i++) h = (h * 31 + user.charCodeAt(i)) % 100;
  return h;
}
