// How a harness drops notes for the runner: a shell script that it runs as its hook, with the note on stdin.

/**
 * The hook: `hook <folder> <name> [wait]`. A note is written aside and renamed into `notes/`, so it is whole or absent; its file name
 * holds when, who and what. With `wait` it waits at a pipe in `asks/` for one line, which it prints: the answer.
 */
export const hookScript = `#!/bin/sh
# Written by oompa. Drops what comes on stdin as a note for the runner of this worker.
umask 077
folder=$1
id=$(date +%s%N)-$$
if [ "$3" = wait ]; then mkfifo "$folder/asks/$id" || exit 0; fi
cat >"$folder/tmp/$id" && mv "$folder/tmp/$id" "$folder/notes/$id.$2" || exit 0
[ "$3" = wait ] || exit 0
read -r answer <"$folder/asks/$id"
rm -f "$folder/asks/$id"
[ -z "$answer" ] || printf '%s\\n' "$answer"
`;

/** A hook as a line for a shell, which is how the harnesses run theirs. */
export function hookCommand(hook: readonly string[], name: string, waits: boolean): string {
  return [...hook, name, ...(waits ? ['wait'] : [])].map(quote).join(' ');
}

/** How long a harness lets a hook run, in seconds: one that waits, longer than anybody waits for an answer. */
export function hookSeconds(waits: boolean): number {
  return waits ? 86_400 : 30;
}

/** What a hook `PermissionRequest` prints for an answer: claude's form, which codex has taken over. */
export const permissionReplies = {
  allow: reply({ behavior: 'allow' }),
  deny: reply({ behavior: 'deny', message: 'The operator said no.' }),
};

function reply(decision: object): string {
  return JSON.stringify({ hookSpecificOutput: { hookEventName: 'PermissionRequest', decision } });
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
