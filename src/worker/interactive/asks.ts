// What the harness waits for a person to do: told to lead when it begins and when it is over, and answered by mail from lead.
import { clean } from '../../core/clean.ts';
import { Answer, type Ask, type Asked, type Choice, type Turn } from '../../core/turn.ts';
import { parseObject } from '../../harnesses/shape.ts';
import type { Post } from '../../mail/contract.ts';
import { type Patience, untilDone } from '../until-done.ts';

export interface OpenAsk extends Ask {
  /** What the waiting hook is to print for each answer; null when it can be answered in the pane only. */
  replies: { allow: string; deny: string } | null;
}

export interface AsksOptions extends Patience {
  post: Post;
  worker: string;
  /** Gives the hook that waits with this ask its line. */
  answer(id: string, line: string): void;
  /** What is asked now has changed. */
  onChange(): void;
}

export interface Asks {
  /** The oldest that is open; null for none. */
  readonly current: OpenAsk | null;
  raise(turn: Turn, ask: Omit<OpenAsk, 'answerable'>): void;
  /** Those that this is true of are over. Hooks that still wait with them are let go, without an answer of ours. */
  close(which: (ask: OpenAsk) => boolean): void;
  /** What was asked with this text is answered. */
  answered(text: string): void;
  /** A person answers in the pane: waiting hooks are let go, so that the harness shows its own dialogue. */
  release(): void;
  /** Reads answers that came by mail. */
  readAnswers(): Promise<void>;
  /** Lead knows of everything. */
  flush(): Promise<void>;
}

export function createAsks({ post, worker, answer, onChange, ...patience }: AsksOptions): Asks {
  let open: { turn: Turn; ask: OpenAsk }[] = [];
  let telling: Promise<unknown> = Promise.resolve();

  const tell = (turn: Turn, id: string, ask: Ask | null, what = ask ? 'asked' : 'over') => {
    const body: Asked = { swarm: turn.swarm, worker, turn: turn.turn, id, ask };
    const draft = {
      from: worker,
      to: ['lead'],
      subject: ask ? `${worker} asks: ${ask.text.slice(0, 80)}` : `${worker} goes on`,
      body: JSON.stringify(body),
      type: 'asked' as const,
      key: `${turn.swarm}.${turn.turn}.${id}.${what}`,
    };
    telling = telling.then(() => untilDone('tell lead what is asked', () => post.deliver(draft), patience));
  };
  /** Lead hears of one at a time. */
  const show = () => {
    const [first] = open;
    if (first) tell(first.turn, first.ask.id, toldOf(first.ask));
    onChange();
  };

  /** It is over when the harness goes on; until then it can be answered in the pane only. */
  const choose = (found: (typeof open)[number] | undefined, choice: Choice) => {
    if (!found?.ask.replies) return;
    answer(found.ask.id, choice === 'pane' ? '' : found.ask.replies[choice]);
    found.ask = { ...found.ask, replies: null, answerable: false };
    if (choice === 'pane') tell(found.turn, found.ask.id, toldOf(found.ask), 'pane');
  };

  return {
    get current() {
      return open[0]?.ask ?? null;
    },
    raise(turn, ask) {
      const text = shown(ask.text);
      open.push({ turn, ask: { ...ask, text, answerable: ask.replies !== null } });
      if (open.length === 1) show();
    },
    close(which) {
      const [before] = open;
      for (const { ask } of open) if (which(ask) && ask.replies) answer(ask.id, '');
      open = open.filter(({ ask }) => !which(ask));
      if (!before || open[0] === before) return;
      tell(before.turn, before.ask.id, null);
      show();
    },
    answered(text) {
      this.close((ask) => ask.text === shown(text));
    },
    release() {
      for (const each of open) choose(each, 'pane');
    },
    async readAnswers() {
      for (const received of await post.peek(worker, { type: 'answer' })) {
        const { data } = received.message.from === 'lead' ? Answer.safeParse(parseObject(received.message.body)) : {};
        if (await post.take(received, 'S'))
          if (data)
            choose(
              open.find(({ ask }) => ask.id === data.ask),
              data.choice,
            );
      }
    },
    flush: async () => void (await telling),
  };
}

function shown(text: string): string {
  return clean(text, { maxLine: 500 });
}

function toldOf({ replies: _, ...ask }: OpenAsk): Ask {
  return ask;
}
