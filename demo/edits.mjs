// Edits that find their place in a file as it is now. Each is a function of the file's text that changes nothing when
// its work is already there, so that a script can be run again after a crash or on top of other people's work.

/** Puts `text` (whole lines) behind the one line that reads `anchor`. */
export const insertAfter = (file, anchor, text) => edit(file, text, (content) => splice(content, anchor, 1, text));

/** Puts `text` (whole lines) before the one line that reads `anchor`. */
export const insertBefore = (file, anchor, text) => edit(file, text, (content) => splice(content, anchor, 0, text));

/** Puts `text` at the end. */
export const append = (file, text) => edit(file, text, (content) => content + text);

/** Puts `to` in place of `from`, which must be there. */
export const replace = (file, from, to) =>
  edit(file, to, (content) => {
    if (!content.includes(from)) throw new EditError(`"${from.trim()}" is not there`);
    return content.replace(from, () => to);
  });

/** Makes a file. What a crash left of it is written over. */
export const create = (file, text) => ({ file, text, apply: () => text });

/** The place of an edit was not found: the file is not what the script expects. */
export class EditError extends Error {}

function edit(file, text, change) {
  return {
    file,
    text,
    apply(content) {
      if (content === null) throw new EditError(`${file} is not there`);
      if (content.includes(text)) return content;
      try {
        return change(content);
      } catch (error) {
        throw error instanceof EditError ? new EditError(`${file}: ${error.message}`) : error;
      }
    },
  };
}

function splice(content, anchor, offset, text) {
  const lines = content.split('\n');
  const places = lines.flatMap((line, index) => (line === anchor ? [index] : []));
  if (places.length !== 1)
    throw new EditError(`expected the line "${anchor.trim()}" once, found it ${places.length} times`);
  lines.splice(places[0] + offset, 0, ...text.replace(/\n$/, '').split('\n'));
  return lines.join('\n');
}
