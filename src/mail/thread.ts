// Threads: the messages of one matter as a tree, whoever's mailbox they lie in.
import type { Boxes, Folder } from './boxes.ts';
import { byAge, type Entry, listing } from './listing.ts';

export interface Node {
  entry: Entry;
  replies: Node[];
}

/** All places where a message of a mailbox can be. The sender's own copy comes last: it does not tell how far its recipient is. */
export const places: readonly (Folder | undefined)[] = [undefined, 'Archive', 'Dead', 'Sent'];

/** Every message that these addresses have or sent, each once, the oldest first. */
export async function everyMessage(boxes: Boxes, addresses: readonly string[]): Promise<Entry[]> {
  const found = new Map<string, Entry>();
  for (const place of places)
    for (const address of addresses)
      for (const entry of await listing(boxes, address, place))
        if (!found.has(entry.heading.id)) found.set(entry.heading.id, entry);
  return [...found.values()].sort(byAge);
}

/** Hangs messages under what they answer. What answers nothing that is here is a root; the oldest comes first everywhere. */
export function treeOf(entries: readonly Entry[]): Node[] {
  const nodes = new Map(entries.map((entry) => [entry.heading.id, { entry, replies: [] as Node[] }]));
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const { id, inReplyTo, references } = node.entry.heading;
    const line = [inReplyTo, ...references.toReversed()];
    const parent = line.map((each) => (each && each !== id ? nodes.get(each) : undefined)).find((each) => each);
    // Who writes a message may name anything as its parent, also its own answer.
    if (parent && !isAbove(node, parent, nodes)) parent.replies.push(node);
    else roots.push(node);
  }
  return roots;
}

/** Whether `low` hangs somewhere below `high` already. */
function isAbove(high: Node, low: Node, nodes: ReadonlyMap<string, Node>): boolean {
  const seen = new Set<Node>();
  for (let at: Node | undefined = low; at && !seen.has(at); ) {
    if (at === high) return true;
    seen.add(at);
    const { inReplyTo }: { inReplyTo: string | null } = at.entry.heading;
    at = inReplyTo ? nodes.get(inReplyTo) : undefined;
  }
  return false;
}

/** The tree as rows, depth first. */
export function rowsOf(nodes: readonly Node[], depth = 0): { entry: Entry; depth: number }[] {
  return nodes.flatMap((node) => [{ entry: node.entry, depth }, ...rowsOf(node.replies, depth + 1)]);
}
