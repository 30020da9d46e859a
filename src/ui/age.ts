// Ages as people say them, and when their text changes next, so that a quiet screen stays untouched.

/** `14s`, `2m`, `3h`, `5d`; nothing for an instant that is empty or unreadable. */
export function ageLabel(since: string | null, now: number): string {
  const ms = since ? now - Date.parse(since) : Number.NaN;
  if (Number.isNaN(ms)) return '';
  const { unit, amount } = unitOf(Math.max(0, ms));
  return `${Math.floor(Math.max(0, ms) / unit)}${amount}`;
}

/** `in 4m`; `now` when the instant is past; nothing for one that is unreadable. */
export function leftLabel(until: string, now: number): string {
  const ms = Date.parse(until) - now;
  if (Number.isNaN(ms)) return '';
  const { unit, amount } = unitOf(ms);
  return ms <= 0 ? 'now' : `in ${Math.floor(ms / unit)}${amount}`;
}

/** How long until the label of this instant reads differently. Ms, at least one second. */
export function untilNextLeft(until: string, now: number): number {
  const ms = Date.parse(until) - now;
  if (Number.isNaN(ms) || ms <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(1_000, (ms % unitOf(ms).unit) + 1);
}

/** `14:05`, on this machine's clock; nothing for an instant that is unreadable. */
export function clockLabel(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return '';
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** A span as text: `0.4s`, `12s`, `3m`. */
export function spanLabel(ms: number): string {
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)}s`;
  const { unit, amount } = unitOf(ms);
  return `${Math.floor(ms / unit)}${amount}`;
}

/** How long until the label of this age reads differently. Ms, at least one second. */
export function untilNextAge(since: string, now: number): number {
  const ms = Math.max(0, now - Date.parse(since));
  if (Number.isNaN(ms)) return Number.POSITIVE_INFINITY;
  const { unit } = unitOf(ms);
  return Math.max(1_000, unit - (ms % unit));
}

const units = [
  { unit: 86_400_000, amount: 'd' },
  { unit: 3_600_000, amount: 'h' },
  { unit: 60_000, amount: 'm' },
  { unit: 1_000, amount: 's' },
] as const;

function unitOf(ms: number): { unit: number; amount: string } {
  return units.find(({ unit }) => ms >= unit) ?? units[3];
}
