// The contract of the post: RFC 5322 messages in Maildirs, one mailbox an address. Delivery is whole or absent.

/** Types of what oompa itself says (JSON bodies, core/turn.ts and core/wish.ts); `note` is Markdown from people and agents. */
export type MessageType = 'turn' | 'turn-result' | 'asked' | 'answer' | 'wish' | 'note';

export interface Draft {
  from: string;
  /** Addresses or groups (`@all`, `@workers`). */
  to: readonly string[];
  subject: string;
  /** Markdown, or the JSON text of a typed body. */
  body: string;
  type: MessageType;
  /** Makes the Message-ID; the same key from the same sender is delivered once. Default: random. */
  key?: string;
  inReplyTo?: string | null;
  headers?: Readonly<Record<string, string>>;
}

export interface Message {
  /** Message-ID without angle brackets. */
  id: string;
  /** An address of ours (`w0`), or a stranger's whole mailbox (`lead@example.com`): never taken for one of ours. */
  from: string;
  to: string[];
  /** Cleaned. */
  subject: string;
  /** ISO 8601, UTC. */
  date: string;
  type: MessageType;
  inReplyTo: string | null;
  /** As it was written: `clean` it before a person sees it. */
  body: string;
  /** By lower-case name, cleaned; the first of a name. */
  headers: Record<string, string>;
}

/** A message in a mailbox. `file` is absolute and changes when it is taken. */
export interface Received {
  message: Message;
  file: string;
  /** Maildir flags, e.g. `S` seen, `R` replied. Empty in `new`. */
  flags: string;
}

export interface Post {
  /** Makes the mailbox of an address. Idempotent. */
  open(address: string): Promise<void>;
  addresses(): Promise<string[]>;
  /**
   * Durable when it resolves: linked into `new` of every recipient. A second delivery of the same key changes nothing, so after an
   * error (`no-mailbox`, `bad-address`, `enospc`, …) asking again is safe. Mailboxes must be open; `lead` and `operator` always are.
   */
  deliver(draft: Draft): Promise<{ id: string; to: string[] }>;
  /** Messages in `new`, oldest first. Files that are no mail are moved to `cur` of the `dead` address and told by `onBad`. */
  peek(address: string, options?: { type?: MessageType }): Promise<Received[]>;
  /** Claims one message of `new` by rename to `cur`; null when somebody else was faster. Flags are of F, R, S, T; default `S`. */
  take(received: Received, flags?: string): Promise<Received | null>;
  /** Messages in `cur` without all of `flags`. */
  taken(address: string, options?: { without?: string; type?: MessageType }): Promise<Received[]>;
  /** Adds flags to a message in `cur`. */
  flag(received: Received, flags: string): Promise<Received>;
  /** A message of the mailbox by Message-ID, in `new` or `cur`. */
  find(address: string, id: string): Promise<Received | null>;
  /** Tells when mail may have come to an address. A hint. Returns the unsubscribe. */
  onHint(addresses: readonly string[], listener: (address: string) => void): () => void;
}
