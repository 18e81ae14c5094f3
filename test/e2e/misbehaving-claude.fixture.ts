// A program that replaces `claude` and misbehaves as its work order's description says, for example `Behave: hang`.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oneCall } from './one-call.fixture.ts';

const program = `#!/bin/sh
[ "$1" = --version ] && { echo '2.1.328 (misbehaving)'; exit 0; }
prompt=$2 all="$*"
# Who claims success has called its model.
say() { [ "$1" = false ] && call; printf '{"type":"result","subtype":"success","is_error":%s,"result":"%s","total_cost_usd":0.001,"usage":{"input_tokens":10,"output_tokens":5}}\\n' "$1" "$2"; }
begin() { printf '{"type":"system","subtype":"init"}\\n'; }
call() { set -- -p "$prompt" $all; ${oneCall}
}
first() { [ ! -e "$HOME/$1" ] && : >"$HOME/$1"; }
behaviour=$(printf '%s' "$2" | sed -n 's/.*Behave: //p' | head -n 1)
case $behaviour in mute*) first muted && sleep 600 ;; lacking) echo "Error: Cannot find module 'zod'" >&2; exit 1 ;; esac
begin
case $behaviour in
  die-once) echo half >half.txt; first died && kill -KILL 0; echo whole >half.txt; say false 'Done.' ;;
  fail-once) echo half >half.txt; first failed && { say true 'Something unforeseen'; exit 1; }; echo whole >whole.txt; say false 'Done.' ;;
  limited-once) first limited && { call; say true 'API Error: 429 rate limited'; exit 1; }; echo whole >whole.txt; say false 'Done.' ;;
  flood-once) first flooded && while :; do head -c 8388608 /dev/zero | tr '\\0' x; echo; done; echo whole >whole.txt; say false 'Done.' ;;
  tell) first told && { say true 'The moon is away'; exit 1; }; printf '%s' "$prompt" >prompt.txt; say false 'Done.' ;;
  die) echo half >half.txt; kill -KILL 0 ;;
  killed-alone) echo half >half.txt; kill -KILL $$ ;;
  hang) trap '' TERM INT HUP; echo half >half.txt; while :; do sleep 1; done ;;
  slow) echo half >half.txt; touch "$HOME/at-work"; sleep 60 & wait; say false 'Done.' ;;
  wait) echo half >half.txt; first waited && { touch "$HOME/at-work"; until [ -e "$HOME/go" ]; do sleep 0.1; done; }; echo whole >whole.txt; say false 'Done.' ;;
  nothing) say false 'There was nothing to do.' ;;
  lie) echo half >half.txt; say true 'API Error: the connection broke'; exit 0 ;;
  cut-off) echo half >>half.txt; call; printf '{"type":"result","subtype":"success","is_error":false,"stop_reason":"tool_use","result":"Now the other half.","total_cost_usd":0.001,"usage":{"input_tokens":10,"output_tokens":5}}\\n' ;;
  silent-exit) echo half >half.txt; exit 0 ;;
  exit-1) echo half >half.txt; say false 'Done.'; exit 1 ;;
  flood) while :; do head -c 8388608 /dev/zero | tr '\\0' x; echo; done ;;
  leave-behind) echo whole >whole.txt; setsid sleep 300 & sleep 301 & say false 'Done.' ;;
  wander) git checkout --quiet -b moose/elsewhere-$$; echo whole >whole.txt; say false 'Done.' ;;
  commit) echo whole >whole.txt; git add --all; git -c user.name=Agent -c user.email=agent@example.org commit --quiet -m Mine; say false 'Done.' ;;
  ignored) mkdir -p node_modules/lucky; echo 'exports.number = 7;' >node_modules/lucky/index.js; echo whole >whole.txt; say false 'Done.' ;;
  escape) mkdir -p .github/workflows; echo 'on: push' >.github/workflows/own.yml; say false 'Done.' ;;
  *) echo whole >whole.txt; say false 'Done.' ;;
esac
`;

/** Returns the program's path, for MOOSE_CLAUDE_PATH. */
export async function installMisbehavingClaude(directory: string): Promise<string> {
  const path = join(directory, 'claude');
  await writeFile(path, program);
  await chmod(path, 0o755);
  return path;
}
