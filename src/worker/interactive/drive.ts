// The drive `interactive`: the harness's own terminal UI lives in the pane from turn to turn. Prompts are pasted into it, and what it does
// is read from its notes (hooks), then its transcript, then, where both are silent, its title and screen.
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { clean } from '../../core/clean.ts';
import { messageOf, Refusal } from '../../core/errors.ts';
import { accountIn } from '../../core/lanes.ts';
import { turnTag, type WorkerLive } from '../../core/turn.ts';
import { createLook } from '../../disk/look.ts';
import type { Paths } from '../../disk/paths.ts';
import type { Interactive, TuiEvent, TuiReader } from '../../harnesses/contract.ts';
import { harnessOf } from '../../harnesses/registry.ts';
import type { Post } from '../../mail/contract.ts';
import { beginTurn } from '../begin-turn.ts';
import type { Drive, TurnRun } from '../drive.ts';
import { harnessEnvironment } from '../environment.ts';
import { savePrompt } from '../prompt-files.ts';
import type { Status } from '../status.ts';
import type { Patience } from '../until-done.ts';
import { createAsks } from './asks.ts';
import { deliverPrompt, fitsArgument } from './deliver.ts';
import { type DropBox, makeDropBox } from './drop-box.ts';
import { createTail, type Tail } from './tail.ts';
import { openTui, type Tui } from './tui.ts';
import { createTuiTurn, type TuiTurn } from './turn.ts';

export interface InteractiveOptions extends Patience {
  paths: Paths;
  worker: string;
  post: Post;
  status: Status;
  input: Readable;
  output: Writable;
  graceMs: number;
  /** The terminal is the harness's (true), or ours again. */
  onTerminal(taken: boolean): void;
}

/** A harness that lives in the pane. */
interface Guest {
  tui: Tui;
  box: DropBox;
  harness: Interactive;
  /** Same model, permissions and worktree: it can take the turn. */
  key: string;
  conversation: string | null;
  tail: Tail | null;
  tailPath: string;
  /** It works on a prompt, ours or a person's. */
  busy: boolean;
  unwatch(): void;
}

/** How long after a note the transcript may be behind. */
const lateMs = 2_000;
/** How often transcript and screen are looked at while a turn runs. */
const tickMs = 500;

export function createInteractiveDrive(options: InteractiveOptions): Drive {
  const { paths, worker, post, status, input, output, graceMs, onTerminal, screen, leaving } = options;
  let guest: Guest | null = null;
  let turn: TuiTurn | null = null;
  let reader: TuiReader | null = null;
  let since = '';

  const asks = createAsks({
    ...{ post, worker, screen, leaving },
    answer: (id, line) => void guest?.box.answer(id, line),
    onChange: () => {
      if (turn) status.set({ activity: asks.current ? 'needs-you' : 'working' });
    },
  });
  const unhint = post.onHint([worker], () => void asks.readAnswers().catch(() => {}));

  const heed = (event: TuiEvent, source: WorkerLive['source'], note: string) => {
    if (!guest) return;
    if (event.type === 'transcript') {
      if (event.path === guest.tailPath) return;
      guest.tail = createTail(event.path);
      guest.tailPath = event.path;
      return;
    }
    if (event.type === 'asked') {
      // Between turns a person is there, who typed the prompt: the harness asks them itself.
      if (turn?.prompted)
        asks.raise(turn.turn, { id: note, kind: event.kind, text: event.text, replies: event.replies });
      else void guest.box.answer(note, '');
      return;
    }
    if (event.type === 'answered')
      return asks.close((ask) => ask.text === clean(event.text, { lines: true }).slice(0, 500));
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
  const here = () => guest && { tui: guest.tui, look: () => guest?.harness.look(guest.tui.sight()) ?? null };

  const open = async (run: TurnRun, key: string): Promise<Guest> => {
    const { turn: asked, environment } = run;
    const { harness, env, ...launch } = harnessOf(
      asked.model,
      asked.alias ? { [accountIn(asked.model)]: asked.alias } : {},
    );
    const interactive = await harness.interactive?.();
    if (!interactive)
      throw new Refusal(`${harness.name} has no terminal UI that oompa can drive`, {
        hint: 'leave out "drive": "interactive"',
      });
    const box = await makeDropBox(paths.hooks(worker));
    const { cwd, conversation, permissions } = asked;
    const tag = turnTag(asked);
    const tags = { OOMPA_SWARM: asked.swarm, OOMPA_WORKER: worker, OOMPA_TURN: tag, OOMPA_ROOT: paths.root };
    const given = harnessEnvironment(environment, { cwd, passes: harness.passes, added: env, tags });
    const opening = interactive.open({
      ...launch,
      root: paths.root,
      prompt: fitsArgument(asked.prompt) ? asked.prompt : null,
      cwd,
      conversation,
      permissions,
      hook: box.hook,
      folder: box.folder,
      environment: given,
    });
    await box.write(opening.files);
    onTerminal(true);
    try {
      const tui = await openTui({
        opening,
        env: { ...given, ...opening.env, ...env, ...tags },
        ...{ tag, input, output, graceMs },
        // Answered in the pane: the harness shows its own dialogue once its hook is let go.
        onKeys: () => asks.release(),
        onExit: () => void look().then(() => turn?.exited((code, text) => reader?.exited?.(code, text) ?? [])),
      });
      return {
        ...{ tui, box, harness: interactive, key, conversation },
        ...{ tail: null, tailPath: '', busy: false },
        unwatch: box.onHint(() => void look()),
      };
    } catch (error) {
      onTerminal(false);
      throw error;
    }
  };
  const close = async () => {
    if (!guest) return;
    const { tui, unwatch } = guest;
    guest = null;
    unwatch();
    await tui.close();
    onTerminal(false);
  };

  const start = async (run: TurnRun, current: TuiTurn) => {
    const { turn: asked } = run;
    const key = JSON.stringify([asked.model, asked.permissions, asked.cwd]);
    const fits = guest && !guest.tui.exit && guest.key === key && guest.conversation === asked.conversation;
    if (!fits) await close();
    reader = null;
    const fresh = guest === null;
    guest ??= await open(run, key);
    if (!fresh) await look();
    since = new Date().toISOString();
    reader = guest.harness.reader({ cwd: asked.cwd, before: null });
    const { tui } = guest;
    await deliverPrompt({
      prompt: fresh && fitsArgument(asked.prompt) ? null : asked.prompt,
      tui,
      isBusy: () => guest?.busy ?? false,
      isPrompted: () => current.prompted || current.over,
      look: () => here()?.look() ?? null,
      raise: (kind, text) =>
        asks.raise(asked, { id: `${kind}-${asked.turn}-${Date.now().toString(36)}`, kind, text, replies: null }),
      closeAsks: (kind) => asks.close((ask) => ask.kind === kind),
    });
  };

  return {
    run(run) {
      const { show, finish } = beginTurn(run);
      const saved = savePrompt(paths.prompts(worker), run.turn.turn, run.turn.prompt);
      const current = createTuiTurn(run, show, asks, here);
      turn = current;
      const timer = setInterval(() => void look().then(() => current.tick()), tickMs);
      start(run, current).catch((error) => current.fail('spawn', messageOf(error)));
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
          current.stopSoon(graceMs);
        },
        kill: () => current.stopNow(),
      };
    },
    async close() {
      unhint();
      await close();
    },
  };
}
