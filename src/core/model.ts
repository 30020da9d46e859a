// The parts of a model string, `harness[:model[:reasoning]]`, as text. Whether there is such a harness is known in harnesses/registry.ts.

/** Words that count as reasoning effort after the last colon. Anything else there belongs to the model (`openrouter/x:free`). */
export const efforts: readonly string[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** `model` is empty when only a harness is named. */
export function partsOf(text: string): { harness: string; model: string; reasoning: string | null } {
  const colon = text.indexOf(':');
  if (colon < 0) return { harness: text, model: '', reasoning: null };
  const harness = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  const last = rest.lastIndexOf(':');
  const effort = rest.slice(last + 1);
  return last >= 0 && efforts.includes(effort)
    ? { harness, model: rest.slice(0, last), reasoning: effort }
    : { harness, model: rest, reasoning: null };
}
