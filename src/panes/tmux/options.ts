// What oompa sets on its own tmux server. The user's configuration was read before; what is not named here stays theirs.

/** Idempotent; run before the first pane, because some options count only for panes made later. `-q`: older servers lack some. */
export const serverOptions: readonly (readonly string[])[] = [
  // The server lives while we want it to, whatever is attached.
  ['set-option', '-sq', 'exit-empty', 'off'],
  ['set-option', '-sq', 'exit-unattached', 'off'],
  ['set-option', '-gq', 'destroy-unattached', 'off'],
  // A dead pane stays, so that its end can be read; and nobody's hook brings it back.
  ['set-option', '-wgq', 'remain-on-exit', 'on'],
  ['set-hook', '-gu', 'pane-died'],
  ['set-hook', '-gu', 'pane-exited'],
  ['set-option', '-wgq', 'remain-on-exit-format', ''],
  // A program in a pane reaches neither the operator's clipboard, nor their terminal, nor our names.
  ['set-option', '-sq', 'set-clipboard', 'off'],
  ['set-option', '-wgq', 'allow-passthrough', 'off'],
  ['set-option', '-gq', 'set-titles', 'off'],
  ['set-option', '-wgq', 'allow-rename', 'off'],
  ['set-option', '-wgq', 'automatic-rename', 'off'],
  // Nothing of the environment of who attaches comes in.
  ['set-option', '-gq', 'update-environment', ''],
  ['set-option', '-gq', 'history-limit', '5000'],
  // A window has the size of the terminal that looks at it; without one, the size that `resize` gave it.
  ['set-option', '-wgq', 'window-size', 'latest'],
  ['bind-key', '-n', 'C-q', 'detach-client'],
];

/** Set on a pane in the sequence that makes it: who it is, and again what must hold even when the user loads their configuration anew. */
export function paneOptions(tags: Readonly<Record<string, string>>): string[][] {
  return [
    ...Object.entries(tags).map(([name, value]) => ['set-option', '-p', name, value]),
    ['set-option', '-pq', 'remain-on-exit', 'on'],
    ['set-option', '-pq', 'allow-passthrough', 'off'],
    ['set-option', '-pq', 'allow-rename', 'off'],
  ];
}
