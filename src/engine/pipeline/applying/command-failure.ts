// Why a command of a work order failed: what its output says is classified first (R-GO-2, R-AGENT-2).
import { classifyFailure } from '../../../classifier/classify-failure.ts';
import { lackIn } from '../../../classifier/lack.ts';
import { agentFailures } from '../../../domain/agents/agent-failure-catalogue.ts';
import type { MooseError } from '../../../domain/failure.ts';
import { egressAdvice, refusedText } from '../../../domain/machine/egress.ts';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import type { Outcome } from '../../../domain/work-order/outcome.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { sessionEvidence } from '../../errors/session-evidence.ts';
import type { Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';

const outputTailBytes = 32 * 1024;
const lineCharsMax = 300;
const commandCharsMax = 120;
/** With less, the output only looks like one about settings. */
const certainFrom = 0.9;

/** For one line of a message. */
function shortened(command: string): string {
  const line = command.replace(/\s+/g, ' ').trim();
  return line.length > commandCharsMax ? `${line.slice(0, commandCharsMax)}…` : line;
}

interface EndedCommand {
  command: string;
  session: SessionRow;
  end: SessionEnd;
  outcome: Outcome;
  /** What all evidence together says. */
  sentence: string;
}

export async function commandFailure(
  { order, project }: Work,
  { command: whole, session, end, outcome, sentence }: EndedCommand,
): Promise<MooseError> {
  const command = shortened(whole);
  const { directory, id: sessionId, refused } = session;
  const { stdout, stderr } = await readOutput(directory, outputTailBytes);
  const metadata = {
    sessionId,
    exitCode: end.exitCode,
    stoppedBecause: end.reason,
    process: await sessionEvidence(directory, whole, end),
  };
  const facts = { operation: 'apply', workOrderId: order.id, metadata };
  const { reason, signal, exitCode } = end;
  if (reason === 'silent') return agentFailures.AGENT_SILENT(facts, { sentence });
  if (reason === 'timeout') return agentFailures.AGENT_TIMED_OUT(facts, { sentence });
  if (outcome === 'changed_nothing') return agentFailures.AGENT_CHANGED_NOTHING(facts, { sentence });
  if (reason !== null && outcome !== 'crashed')
    return pipelineFailures.COMMAND_FAILED_STOPPED(facts, { sentence });
  if (outcome === 'crashed' || exitCode === null) return agentFailures.AGENT_CRASHED(facts, { sentence });
  const output = [stdout.text, stderr.text].filter(Boolean).join('\n');
  const line = output.trim().split('\n').at(-1)?.trim().slice(0, lineCharsMax) || 'it printed nothing';
  // Checked first: however the program reacted, the same host is refused again next time.
  if (refused?.length)
    return pipelineFailures.EGRESS_REFUSED_COMMAND(
      { ...facts, metadata: { ...metadata, refused: [...refused] } },
      { command, refused: refusedText(refused), advice: egressAdvice(refused, { project: project.name }) },
    );
  const classification = classifyFailure({
    command: whole,
    exitCode,
    signal,
    stdout: stdout.text,
    stderr: stderr.text,
    component: 'verifier',
  });
  const { rule, failureClass, category, confidence } = classification;
  const classified = { ...facts, failureClass, metadata: { ...metadata, rule } };
  const lack = lackIn(output, classification, false);
  if (lack !== null || (category === 'configuration' && confidence >= certainFrom))
    return pipelineFailures.COMMAND_CANNOT_RUN(
      { ...classified, metadata: { ...classified.metadata, ...(lack ? { lack } : {}) } },
      { command, exitCode, line },
    );
  return pipelineFailures.COMMAND_FAILED(classified, { command, exitCode, line });
}
