// Values of flags.
import { InvalidArgumentError } from 'commander';

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1 on');
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('expected a number from 0 on');
  return value;
}

/** Words with commas between them, and of a flag that is given several times. */
export function list(text: string, before: unknown): string[] {
  const words = text.split(',').map((each) => each.trim());
  return [...(Array.isArray(before) ? before : []), ...words.filter(Boolean)];
}

/** `name=value`, of a flag that may be given several times. */
export function pairs(text: string, before: unknown): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected name=value');
  return { ...(before as Record<string, string> | undefined), [text.slice(0, at)]: text.slice(at + 1) };
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `90`, `90s`, `15m`, `2h`, `1d`: a span in seconds. */
export function span(text: string): number {
  const seconds = spanIn(text);
  if (seconds === null) throw new InvalidArgumentError('expected a span such as 90s, 15m or 2h');
  return seconds;
}

/** The same, or null for what is no span. */
export function spanIn(text: string): number | null {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(s|m|h|d)?$/.exec(text.trim()) ?? [];
  return amount === undefined ? null : Number(amount) * (unitSeconds[unit] ?? 1);
}
