// What an agent said and did in a session, as parts in their order, and those parts as turns. Pure.
import type { ModelTurn, ToolAnswer, ToolCall, TranscriptPart } from './transcript-part.ts';

export interface CalledTool extends ToolCall {
  answer: ToolAnswer | null;
}

export type TurnEntry = Exclude<TranscriptPart, ToolCall | ToolAnswer | ModelTurn> | CalledTool;

export interface TranscriptTurn {
  number: number;
  id: string | null;
  input: number | null;
  output: number | null;
  entries: TurnEntry[];
}

/** What a page can show at once as one text. */
const textCharsMax = 50_000;

/** Joins parts to turns as they arrive. A turn begins with an answer of the model: it ends once tools have answered. */
export class Transcript {
  readonly turns: TranscriptTurn[] = [];
  readonly #calls = new Map<string, CalledTool>();
  #hasAnswer = false;

  add(part: TranscriptPart): void {
    switch (part.kind) {
      case 'turn':
        this.#addTurn(part);
        return;
      case 'answer':
        this.#addAnswer(part);
        return;
      case 'call':
        this.#addCall(part);
        return;
      case 'said':
      case 'thought':
        this.#addWords(part);
        return;
      case 'printed':
        this.#addPrinted(part);
        return;
      default:
        this.#newest().entries.push(part);
    }
  }

  /** Lines that follow each other are one text, up to a size that a page can show at once. */
  #addPrinted(part: Extract<TranscriptPart, { kind: 'printed' }>): void {
    const { entries } = this.#newest();
    const last = entries.at(-1);
    if (last?.kind === 'printed' && last.text.length < textCharsMax) last.text += `\n${part.text}`;
    else entries.push({ ...part });
  }

  #newest(): TranscriptTurn {
    return this.turns.at(-1) ?? this.#begin(null);
  }

  #begin(id: string | null): TranscriptTurn {
    const turn = { number: this.turns.length + 1, id, input: null, output: null, entries: [] };
    this.turns.push(turn);
    this.#hasAnswer = false;
    return turn;
  }

  #addTurn({ id, input, output }: ModelTurn): void {
    let turn = this.#newest();
    if (id !== null && turn.id !== id) {
      if (turn.entries.length > 0 || turn.id !== null) turn = this.#begin(id);
      turn.id = id;
    }
    turn.input = input ?? turn.input;
    turn.output = output ?? turn.output;
  }

  #addWords(part: Extract<TranscriptPart, { kind: 'said' | 'thought' }>): void {
    const turn = this.#hasAnswer && this.#newest().id === null ? this.#begin(null) : this.#newest();
    const last = turn.entries.at(-1);
    if (part.piece && last?.kind === part.kind && last.text.length < textCharsMax) last.text += part.text;
    else turn.entries.push({ ...part });
  }

  /** A call that is told again, as when it begins and when it has ended, is one. */
  #addCall(call: ToolCall): void {
    const known = call.id === null ? undefined : this.#calls.get(call.id);
    if (known) {
      if (call.title !== '') known.title = call.title;
      known.change = call.change ?? known.change;
      return;
    }
    const called = { ...call, answer: null };
    this.#newest().entries.push(called);
    if (call.id !== null) this.#calls.set(call.id, called);
  }

  #addAnswer(answer: ToolAnswer): void {
    this.#hasAnswer = true;
    const call =
      answer.id === null
        ? this.#newest().entries.findLast((entry) => entry.kind === 'call' && entry.answer === null)
        : this.#calls.get(answer.id);
    if (call?.kind === 'call') call.answer = answer;
  }
}
