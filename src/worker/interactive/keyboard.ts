// What a person typed into the harness's terminal, as far as it matters: whether unsent text of theirs stands in its input box.

export interface Keyboard {
  /** Takes bytes on their way to the harness; true when a person typed them, not the terminal itself. */
  typed(bytes: string): boolean;
  /** The harness took a prompt: its box is empty. */
  sent(): void;
  readonly draft: boolean;
  /** When a person typed last, on the monotonic clock; -Infinity for never. */
  readonly typedAt: number;
}

// CSI, SS3, OSC, DCS and the like: cursor keys, the mouse, and answers of the terminal.
const sequences = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\)/g;
/** A sequence that goes on in the next bytes. */
const unfinished = /\x1b(?:\[[0-?]*[ -/]*|O|\][^\x07\x1b]*\x1b?|[P_^X][^\x1b]*\x1b?)?$/;
/** After this long an escape that nothing followed was the key. */
const escapeMs = 100;
const pastes = /\x1b\[200~([\s\S]*?)(?:\x1b\[201~|$)/g;

export function createKeyboard(): Keyboard {
  let draft = false;
  let before = '';
  let held = { bytes: '', at: 0 };
  let typedAt = Number.NEGATIVE_INFINITY;
  return {
    typed(bytes) {
      const now = performance.now();
      const whole = (held.bytes === '\x1b' && now - held.at > escapeMs ? '' : held.bytes) + bytes;
      const [rest = ''] = unfinished.exec(whole) ?? [];
      held = { bytes: rest, at: now };
      const keys = whole
        .slice(0, whole.length - rest.length)
        .replace(pastes, (_, text: string) => text.replace(/[\x00-\x1f\x7f]/g, ' '))
        .replace(sequences, '')
        // Alt with a key; with Enter it is a new line of the draft.
        .replace(/\x1b[^\x1b]/g, '');
      for (const key of keys) {
        // A backslash before Enter makes a new line.
        if (key === '\r') draft = draft && before === '\\';
        else if (key === '\x03' || key === '\x15') draft = false;
        else if (key >= ' ' && key !== '\x7f') draft = true;
        before = key;
      }
      if (keys !== '') typedAt = now;
      return keys !== '';
    },
    sent() {
      draft = false;
    },
    get draft() {
      return draft;
    },
    get typedAt() {
      return typedAt;
    },
  };
}
