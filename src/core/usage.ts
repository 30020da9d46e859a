// Tokens and cost, added up.
import type { Usage } from './turn.ts';

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, costUsd: null };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUsd: a.costUsd === null && b.costUsd === null ? null : (a.costUsd ?? 0) + (b.costUsd ?? 0),
  };
}
