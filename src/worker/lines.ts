// Bytes to lines, with a bound on what one line may hold. Bytes that are no UTF-8 become U+FFFD.

export interface LineSplitter {
  /** The lines that this chunk completes, without their ends. */
  push(chunk: Buffer): string[];
  /** What is left without a newline. */
  end(): string[];
}

const newline = 10;

/** Lines longer than `maxBytes` are cut there; what follows on the same line is dropped. */
export function createLineSplitter(maxBytes = 1024 * 1024): LineSplitter {
  // A line whose end has not come yet; copied, because many tiny chunks kept as they are cost far more than their bytes.
  let held = Buffer.alloc(0);
  let size = 0;

  const hold = (bytes: Buffer) => {
    const wanted = Math.min(size + bytes.length, maxBytes);
    if (wanted > held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(wanted * 2, 1024), maxBytes));
      held.copy(larger, 0, 0, size);
      held = larger;
    }
    size += bytes.copy(held, size, 0, wanted - size);
  };
  const release = () => {
    const line = decode(held, 0, size);
    if (held.length > 64 * 1024) held = Buffer.alloc(0);
    size = 0;
    return line;
  };

  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
        if (size === 0 && to - from <= maxBytes) lines.push(decode(chunk, from, to));
        else {
          hold(chunk.subarray(from, to));
          lines.push(release());
        }
        from = to + 1;
      }
      if (from < chunk.length) hold(chunk.subarray(from));
      return lines;
    },
    end: () => (size > 0 ? [release()] : []),
  };
}

function decode(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('utf8', from, to > from && bytes[to - 1] === 13 ? to - 1 : to);
}
