// News from outside, gathered before React hears of it: the first at once, the rest ten times a second at the most.

export interface News<T> {
  /** A change to be made with the next delivery; changes keep their order. */
  tell(change: (value: T) => Partial<T>): void;
  stop(): void;
}

/** `deliver` gets all waiting changes as one. A change that answers `{}` changed nothing. */
export function createNews<T>(deliver: (change: (value: T) => Partial<T>) => void, everyMs = 100): News<T> {
  let waiting: ((value: T) => Partial<T>)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let quiet = true;

  const flush = () => {
    timer = undefined;
    const changes = waiting;
    waiting = [];
    quiet = changes.length === 0;
    if (quiet) return;
    deliver((value) => {
      const patch: Partial<T> = {};
      for (const change of changes) Object.assign(patch, change({ ...value, ...patch }));
      return patch;
    });
    timer = setTimeout(flush, everyMs);
  };
  return {
    tell: (change) => {
      waiting.push(change);
      if (quiet && !timer) flush();
    },
    stop: () => {
      clearTimeout(timer);
      quiet = false;
    },
  };
}
