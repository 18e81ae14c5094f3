// Checks what a team uses: signing in at a provider, a reverse proxy, and buttons in Slack.
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { FaceSettings } from '../config/face-settings.ts';
import { diagnoseReverseProxy } from './reverse-proxy.ts';
import { diagnoseSignIn } from './sign-in.ts';
import { diagnoseSlack } from './slack.ts';

export async function diagnoseTeam(faces: FaceSettings): Promise<Diagnosis[]> {
  return [...(await diagnoseSignIn(faces)), ...diagnoseReverseProxy(faces), ...diagnoseSlack(faces)];
}
