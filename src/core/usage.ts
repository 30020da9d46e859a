// Tokens and cost: added up, shared out, and said.
import type { Usage } from './turn.ts';

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, costUsd: null };

export function isUsed({ inputTokens, outputTokens, costUsd }: Usage): boolean {
  return inputTokens + outputTokens > 0 || costUsd !== null;
}

/** `3400 tokens in, 90 out, $0.52`. */
export function usageLabel({ inputTokens, outputTokens, costUsd }: Usage): string {
  return `${inputTokens} tokens in, ${outputTokens} out${costUsd === null ? '' : `, ${costLabel(costUsd)}`}`;
}

export function costLabel(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

/** So many parts that add up to the whole; the first ones have what cannot be divided. */
export function shareUsage({ inputTokens, outputTokens, costUsd }: Usage, parts: number): Usage[] {
  const part = (tokens: number, index: number) => Math.floor(tokens / parts) + (index < tokens % parts ? 1 : 0);
  return Array.from({ length: parts }, (_, index) => ({
    inputTokens: part(inputTokens, index),
    outputTokens: part(outputTokens, index),
    costUsd: costUsd === null ? null : costUsd / parts,
  }));
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUsd: a.costUsd === null && b.costUsd === null ? null : (a.costUsd ?? 0) + (b.costUsd ?? 0),
  };
}
