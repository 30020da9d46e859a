// `--workers claude:2 codex:gpt-5:high`: workers without a config file.
import { InvalidArgumentError } from 'commander';

export interface WorkerSeats {
  model: string;
  count: number;
}

const most = 200;

/** Reads one `model[:count]` and adds it to those before, which commander hands in; at first there are none. */
export function workerSeats(text: string, before: unknown): WorkerSeats[] {
  const [, model = '', digits = '1'] = /^(.*?)(?::(\d+))?$/s.exec(text) ?? [];
  const count = Number(digits);
  if (!/^[a-z]/i.test(model) || count < 1 || count > most)
    throw new InvalidArgumentError(`expected model[:count] with a count of 1 to ${most}, such as claude:2`);
  return [...((before as WorkerSeats[] | undefined) ?? []), { model, count }];
}

/** The same as flags, for a process of our own. */
export function asFlags(seats: readonly WorkerSeats[]): string[] {
  return seats.flatMap(({ model, count }) => ['--workers', `${model}:${count}`]);
}
