// Takes conflict markers out of a file. Which side is mine is told by what is in it, not by its label.
const start = /^<{7}(?: |$)/;
const middle = /^={7}$/;
const ancestor = /^\|{7}(?: |$)/;
const end = /^>{7}(?: |$)/;

/** Whether `text` holds conflict markers. */
export function isConflicted(text) {
  const lines = text.split('\n');
  return lines.some((line) => start.test(line)) && lines.some((line) => end.test(line));
}

/**
 * The text with the other side's lines where the sides differ, so that one's own edits can be made again on top of it.
 * Where it cannot be told which side that is, both sides stay, each line once. `isMine(line)` knows one's own lines.
 */
export function takeOtherSide(text, isMine) {
  const out = [];
  let hunk = null;
  for (const line of text.split('\n')) {
    if (start.test(line)) hunk = { side: 'first', first: [], old: [], second: [] };
    else if (hunk && ancestor.test(line)) hunk.side = 'old';
    else if (hunk && middle.test(line)) hunk.side = 'second';
    else if (hunk && end.test(line)) {
      out.push(...chosen(hunk, isMine));
      hunk = null;
    } else (hunk ? hunk[hunk.side] : out).push(line);
  }
  return out.join('\n');
}

function chosen({ first, second }, isMine) {
  const [mineFirst, mineSecond] = [first.some(isMine), second.some(isMine)];
  if (mineFirst && !mineSecond) return second;
  if (mineSecond && !mineFirst) return first;
  return [...first, ...second.filter((line) => !first.includes(line))];
}
