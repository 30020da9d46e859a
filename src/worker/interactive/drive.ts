// The drive `interactive`: the harness's own terminal UI lives in the pane from turn to turn. Prompts are pasted into it, and what it does
// is read from its notes (hooks), then its transcript, then, where both are silent, its title and screen.
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { clean } from '../../core/clean.ts';
import { messageOf } from '../../core/errors.ts';
import type { WorkerLive } from '../../core/turn.ts';
import { createLook } from '../../disk/look.ts';
import type { Paths } from '../../disk/paths.ts';
import type { TuiEvent, TuiReader } from '../../harnesses/contract.ts';
import type { Post } from '../../mail/contract.ts';
import { beginTurn } from '../begin-turn.ts';
import type { Drive, TurnRun } from '../drive.ts';
import { savePrompt } from '../prompt-files.ts';
import type { Status } from '../status.ts';
import type { Patience } from '../until-done.ts';
import { createAsks } from './asks.ts';
import { deliverPrompt, fitsArgument } from './deliver.ts';
import { type Guest, openGuest } from './guest.ts';
import { createTuiTurn, type TuiTurn } from './turn.ts';

export interface InteractiveOptions extends Patience {
  paths: Paths;
  worker: string;
  post: Post;
  status: Status;
  input: Readable;
  output: Writable;
  /** The terminal is the harness's (true), or ours again. */
  onTerminal(taken: boolean): void;
}

/** How long after a note the transcript may be behind. */
const lateMs = 2_000;
/** How often transcript and screen are looked at while a turn runs. */
const tickMs = 500;

export function createInteractiveDrive(options: InteractiveOptions): Drive {
  const { paths, worker, post, status, input, output, onTerminal, screen, leaving } = options;
  let guest: Guest | null = null;
  let turn: TuiTurn | null = null;
  let reader: TuiReader | null = null;
  let since = '';
  let starting: Promise<void> = Promise.resolve();

  const asks = createAsks({
    ...{ post, worker, screen, leaving },
    answer: (id, line) => void guest?.box.answer(id, line),
    onChange: () => {
      if (turn) status.set({ activity: asks.current ? 'needs-you' : 'working' });
    },
  });
  const readAnswers = () => void asks.readAnswers().catch(() => {});
  const unhint = post.onHint([worker], readAnswers);

  const heed = (event: TuiEvent, source: WorkerLive['source'], note: string) => {
    if (!guest) return;
    if (event.type === 'transcript') {
      guest.follow(event.path);
      return;
    }
    if (event.type === 'asked') {
      // Between turns a person is there, who typed the prompt: the harness asks them itself.
      if (turn?.prompted)
        asks.raise(turn.turn, { id: note, kind: event.kind, text: event.text, replies: event.replies });
      else void guest.box.answer(note, '');
      return;
    }
    if (event.type === 'answered') return asks.answered(event.text);
    if (event.type === 'conversation') guest.conversation = event.id;
    if (event.type === 'prompted') {
      guest.busy = true;
      guest.tui.keyboard.sent();
      asks.close((ask) => ask.kind === 'draft' || ask.kind === 'dialog');
    }
    if (event.type === 'ended' || event.type === 'interrupted') {
      guest.busy = false;
      asks.close(() => true);
    }
    turn?.heed(event, source);
  };
  const read = (events: () => TuiEvent[]): TuiEvent[] => {
    try {
      return events();
    } catch (error) {
      return [{ type: 'notice', text: `not understood: ${messageOf(error)}` }];
    }
  };
  const readTail = async () => {
    for (const line of (await guest?.tail?.read()) ?? []) {
      const at = /"timestamp":"([^"]+)"/.exec(line)?.[1];
      if (at !== undefined && at < since) continue;
      for (const event of read(() => reader?.line(line) ?? [])) heed(event, 'transcript', '');
    }
  };
  /** The transcript's end may be written after the note; what it does not say in time is told by the note. */
  const untilSaid = async (last: string): Promise<TuiEvent[]> => {
    for (const deadline = performance.now() + lateMs; turn?.lastText.trim() !== last.trim(); await sleep(50)) {
      if (performance.now() > deadline) return [{ type: 'text', text: last }];
      await readTail();
    }
    return [];
  };
  /** Looks at everything once. What a note tells of was written to the transcript before it. */
  const lookNow = async () => {
    for (const { id, name, body } of (await guest?.box.read()) ?? []) {
      await readTail();
      const events = read(() => reader?.note(name, body) ?? []);
      const end = events.find((event) => event.type === 'ended');
      if (end?.last && turn?.prompted) events.unshift(...(await untilSaid(end.last)));
      for (const event of events) heed(event, 'hook', id);
    }
    await readTail();
  };
  const look = createLook(lookNow, (error) => screen.bold(`! ${clean(messageOf(error))}`));

  const open = async (run: TurnRun): Promise<Guest> => {
    onTerminal(true);
    let mine: Guest | null = null;
    try {
      mine = await openGuest(run, {
        input,
        output,
        onHint: () => void look(),
        // Answered in the pane: the harness shows its own dialogue once its hook is let go.
        onKeys: () => asks.release(),
        // One that was closed by us is nobody's guest any more.
        onExit: () => void look().then(() => (mine !== null && mine === guest ? exited() : undefined)),
      });
      return mine;
    } catch (error) {
      onTerminal(false);
      throw error;
    }
  };
  const close = async () => {
    const leaving = guest;
    guest = null;
    if (!leaving) return;
    await leaving.close();
    onTerminal(false);
  };
  /** Between turns a person ended it: the pane is ours again. */
  const exited = () => (turn ? turn.exited((code, text) => reader?.exited?.(code, text) ?? []) : close());

  const start = async (run: TurnRun, current: TuiTurn) => {
    const { turn: asked } = run;
    if (!guest?.fits(asked)) await close();
    const fresh = guest === null;
    if (guest) await look();
    // What a fresh one is started with may be in its transcript before it has told us where that is.
    since = new Date().toISOString();
    guest ??= await open(run);
    reader = guest.harness.reader({ cwd: asked.cwd, before: null });
    if (guest.tui.exit) return void exited();
    const { tui } = guest;
    await deliverPrompt({
      prompt: fresh && fitsArgument(asked.prompt) ? null : asked.prompt,
      tui,
      quotesPastes: guest.harness.quotesPastes,
      isBusy: () => guest?.busy ?? false,
      isPrompted: () => current.prompted || current.over,
      look: () => guest?.look() ?? null,
      raise: (kind, text) =>
        asks.raise(asked, { id: `${kind}-${asked.turn}-${Date.now().toString(36)}`, kind, text, replies: null }),
      closeAsks: (kind) => asks.close((ask) => ask.kind === kind),
    });
  };

  return {
    run(run) {
      const { show, finish } = beginTurn(run);
      const saved = savePrompt(paths.prompts(worker), run.turn.turn, run.turn.prompt);
      const current = createTuiTurn(run, show, asks, () => guest);
      turn = current;
      const timer = setInterval(() => {
        void look().then(() => current.tick());
        // The hint of an answer may be lost.
        if (asks.current?.answerable) readAnswers();
      }, tickMs);
      starting = start(run, current).catch((error) => current.fail('spawn', messageOf(error)));
      const result = current.judged.then(async (judged) => {
        clearInterval(timer);
        turn = null;
        asks.close(() => true);
        await asks.flush();
        await saved;
        if (current.spoilt) await close();
        return finish(judged);
      });
      return {
        result,
        stop() {
          guest?.tui.press('Escape');
          current.stopSoon(run.graceMs);
        },
        kill: () => current.stopNow(),
      };
    },
    async close() {
      unhint();
      await starting;
      await close();
    },
  };
}
