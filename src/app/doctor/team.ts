// Checks what a team uses: signing in at a provider, a reverse proxy, buttons in Slack, and previews.
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { InterfaceSettings } from '../config/interface-settings.ts';
import { diagnosePreviews } from './previews.ts';
import { diagnoseReverseProxy } from './reverse-proxy.ts';
import { diagnoseSignIn } from './sign-in.ts';
import { diagnoseSlack } from './slack.ts';

export async function diagnoseTeam(interfaces: InterfaceSettings): Promise<Diagnosis[]> {
  return [
    ...(await diagnoseSignIn(interfaces)),
    ...diagnoseReverseProxy(interfaces),
    ...diagnoseSlack(interfaces),
    ...diagnosePreviews(interfaces),
  ];
}
