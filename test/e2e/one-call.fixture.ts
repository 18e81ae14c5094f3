// One metered model call, for programs that replace an agent: an agent that claims success without any call has
// bypassed the gateway.

/** A shell command; as with `claude -p PROMPT`, the prompt is `$2`, and the model follows `--model`. */
export const oneCall = `'${process.execPath}' -e '
const [prompt, ...rest] = process.argv.slice(1);
const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY } = process.env;
fetch(ANTHROPIC_BASE_URL + "/v1/messages", {
  method: "POST",
  headers: { "x-api-key": ANTHROPIC_API_KEY, "anthropic-version": "2023-06-01", "content-type": "application/json" },
  body: JSON.stringify({ model: rest[rest.indexOf("--model") + 1], max_tokens: 1000, messages: [{ role: "user", content: prompt }] }),
}).then((answer) => answer.text()).then(() => process.exit(0), () => process.exit(0));
' "$2" "$@"`;
