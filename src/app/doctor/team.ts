// Checks what a team uses: signing in at a provider, a reverse proxy, and buttons in Slack.
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { InterfaceSettings } from '../config/interface-settings.ts';
import { diagnoseReverseProxy } from './reverse-proxy.ts';
import { diagnoseSignIn } from './sign-in.ts';
import { diagnoseSlack } from './slack.ts';

export async function diagnoseTeam(interfaces: InterfaceSettings): Promise<Diagnosis[]> {
  return [
    ...(await diagnoseSignIn(interfaces)),
    ...diagnoseReverseProxy(interfaces),
    ...diagnoseSlack(interfaces),
  ];
}
