// The contract of the post: RFC 5322 messages in Maildirs, one mailbox an address. Delivery is whole or absent.
import type { SwarmType } from './typed/types.ts';

/** What oompa's processes say to each other: JSON bodies, core/turn.ts and core/wish.ts. */
export type ProgramType = 'turn' | 'turn-result' | 'asked' | 'answer' | 'wish';

/** `note` is Markdown from people and agents; a swarm type has fields in its text (typed/types.ts). */
export type MessageType = ProgramType | SwarmType | 'note';

export type Importance = 'low' | 'normal' | 'high' | 'urgent';

/** A file that a message is about, by what it was: it is not in the message. */
export interface Attachment {
  /** Relative to the repository. */
  path: string;
  /** Hexadecimal. */
  sha256: string;
  bytes: number;
}

export interface Draft {
  from: string;
  /** Addresses or groups (`@all`, `@workers`). */
  to: readonly string[];
  cc?: readonly string[];
  /** Get the message, and nobody but the sender sees that. */
  bcc?: readonly string[];
  subject: string;
  /** Markdown, or the JSON text of a typed body. */
  body: string;
  type: MessageType;
  /** Makes the Message-ID; the same key from the same sender is delivered once. Default: random. */
  key?: string;
  inReplyTo?: string | null;
  /** Ids of the messages that led here, the oldest first. Default: what it answers. */
  references?: readonly string[];
  thread?: string | null;
  importance?: Importance;
  /** ISO 8601: until when it must be acked. */
  ackBy?: string | null;
  /** ISO 8601: from when on it is of no use. */
  expires?: string | null;
  attachments?: readonly Attachment[];
  headers?: Readonly<Record<string, string>>;
}

export interface Message {
  /** Message-ID without angle brackets. */
  id: string;
  /** An address of ours (`w0`), or a stranger's whole mailbox (`lead@example.com`): never taken for one of ours. */
  from: string;
  /** With those of Cc. */
  to: string[];
  /** In the sender's own copy only. */
  bcc: string[];
  /** Cleaned. */
  subject: string;
  /** ISO 8601, UTC. */
  date: string;
  type: MessageType;
  inReplyTo: string | null;
  references: string[];
  /** What it belongs to: a task's id, or the id of the message that began it. */
  thread: string;
  importance: Importance;
  ackBy: string | null;
  expires: string | null;
  /** Counts what its sender sent; null for what did not come through `send`. */
  seq: number | null;
  attachments: Attachment[];
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

/** Of any type that is not the program's own. */
export type Said = 'said';

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
  peek(address: string, options?: { type?: MessageType | Said }): Promise<Received[]>;
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
