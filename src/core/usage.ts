// Tokens and cost: added up, shared out, and said.
import type { Usage } from './turn.ts';

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, costUsd: null };

/** `3400 tokens in, 90 out, $0.52`. */
export function usageLabel({ inputTokens, outputTokens, costUsd }: Usage): string {
  return `${inputTokens} tokens in, ${outputTokens} out${costUsd === null ? '' : `, ${costLabel(costUsd)}`}`;
}

export function costLabel(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUsd: a.costUsd === null && b.costUsd === null ? null : (a.costUsd ?? 0) + (b.costUsd ?? 0),
  };
}
