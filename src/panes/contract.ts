// The contract of a pane backend: a place where terminals can be. One conformance suite (tests/panes) runs on all of them.

export interface PaneSpec {
  /** Worker id; unique per backend. `open` is idempotent by it. */
  key: string;
  /** Program and arguments; never a shell line. */
  argv: readonly string[];
  /** Absolute. A folder that is gone is an EffectError `no-cwd`, never a silent start elsewhere. */
  cwd: string;
  env: Readonly<Record<string, string>>;
  title: string;
}

export interface Pane {
  key: string;
  /** Names this incarnation: another `open` after `close` gives another id. */
  id: string;
  /** Process id of the program in the pane; null when it is not known or gone. */
  pid: number | null;
  alive: boolean;
  /** Known once `alive` is false, from the file the pane's own wrapper writes; null when the wrapper itself was killed. */
  exit: { code: number | null; signal: string | null } | null;
}

export interface Screen {
  /** The visible rows, top first, cleaned: text and SGR colour only. */
  rows: string[];
  cols: number;
}

/** How a person gets into a pane. `exec`: run argv on the terminal (suspended TUI). `inside`: pass keys by `write`; `onData` gives whole frames: text, colour, cursor. */
export type Attachment =
  | { kind: 'exec'; argv: readonly string[]; env: Readonly<Record<string, string | undefined>> }
  | {
      kind: 'inside';
      write(bytes: string): void;
      resize(cols: number, rows: number): void;
      onData(listener: (bytes: string) => void): () => void;
    };

export interface PaneBackend {
  readonly kind: 'tmux' | 'pty' | 'memory';
  /** Whether panes outlive this process. */
  readonly durable: boolean;
  /**
   * Opens a pane, or adopts the live one of that key and returns it. A dead pane of the key is replaced.
   * Throws EffectError (`no-cwd`, `spawn-failed`, `backend-gone`).
   */
  open(spec: PaneSpec): Promise<Pane>;
  /** All panes that oompa owns in this backend, dead ones included, in one query. A backend that is gone has none. */
  list(): Promise<Pane[]>;
  /** The screen now, or null when there is no such pane. Never throws for a pane that is gone. */
  capture(key: string): Promise<Screen | null>;
  /** Sends text byte for byte as a bracketed paste, without Enter. Control characters but \n and \t are dropped. */
  type(key: string, text: string): Promise<void>;
  /** Presses one key: Enter, Escape, C-c, Up, … */
  press(key: string, name: string): Promise<void>;
  /** Gives visible size to the pane (a preview, or the terminal of the operator). */
  resize(key: string, cols: number, rows: number): Promise<void>;
  /**
   * Ends the processes of the pane (TERM to its process, `graceMs` to end, then KILL to its whole group) and removes it.
   * A pane that is gone is no error. Touches nothing that oompa did not open.
   */
  close(key: string, options?: { graceMs?: number }): Promise<void>;
  attach(key: string): Promise<Attachment>;
  /** Tells when something may have changed (a pane died, the backend went). A hint: `list` is the truth. Returns the unsubscribe. */
  onHint(listener: () => void): () => void;
  /** Lets go of connections. Panes live on where `durable`. */
  release(): Promise<void>;
  /** Ends the backend and every pane that is ours. */
  destroy(): Promise<void>;
}
