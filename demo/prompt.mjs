// Reads the prompt of a turn: which tasks can be claimed, which are mine, what this turn is about. Lenient about wording.

/**
 * `claimable` holds task ids, the suggested one first; `claims` {id, text} of the task files that are mine; `mail` {from, text};
 * `note` what a reviewer wrote when the work was sent back, or null; `remaining` counts the tasks that are not complete, null
 * when the prompt does not say.
 */
export function readPrompt(prompt) {
  const sections = readSections(prompt);
  const status = sections['task status'] ?? '';
  const count = (name) => new RegExp(`${name}:\\s*(\\d+)`, 'i').exec(status)?.[1];
  const [pending, inProgress] = [count('pending'), count('in.progress')];
  return {
    worker: /^\s*\[oompa:[^:\]]*:([^\]]*)\]/.exec(prompt)?.[1] ?? 'worker',
    claimable: readClaimable(sections.claimable ?? ''),
    claims: readQuotes(sections['your claims'] ?? '').flatMap(({ label, text }) => {
      const id = /(?:"id"\s*:|:id)\s*"([^"]+)"/.exec(text)?.[1] ?? /([a-z0-9][\w.-]*)/.exec(label)?.[1];
      return id ? [{ id: id.replace(/\.(json|edn)$/, ''), text }] : [];
    }),
    mail: readQuotes(sections.mail ?? '').map(({ label, text }) => ({
      from: /From\s+(\S+?):/.exec(label)?.[1] ?? 'somebody',
      text,
    })),
    note: readNote(sections['this turn'] ?? ''),
    remaining: pending === undefined ? null : Number(pending) + Number(inProgress ?? 0),
  };
}

/** Title in lower case → text, for headings of level one and two that stand outside code fences. */
function readSections(prompt) {
  const sections = {};
  let title = '';
  for (const { line, fenced } of readLines(prompt)) {
    const heading = fenced ? null : /^ {0,3}##?\s+(.+?)\s*#*\s*$/.exec(line);
    if (heading) title = heading[1].toLowerCase();
    else sections[title] = `${sections[title] ?? ''}${line}\n`;
  }
  return sections;
}

function readClaimable(text) {
  const items = [...text.matchAll(/^\s*[-*]\s+`?([a-z0-9][\w.-]*)`?(?::|\s|$)(.*)$/gm)];
  const rank = ([, , rest]) => (/\(suggested\)/i.test(rest) ? 0 : 1);
  return items.sort((a, b) => rank(a) - rank(b)).map(([, id]) => id);
}

/** What stands in code fences, each with the heading above its fence, or else the line before it. */
function readQuotes(text) {
  const quotes = [];
  let label = '';
  for (const { line, fenced, opens } of readLines(text)) {
    if (opens) quotes.push({ label, text: '' });
    else if (fenced) quotes.at(-1).text += `${line}\n`;
    else if (line.trim() && !/^ {0,3}[`~]{3}/.test(line) && (isHeading(line) || !isHeading(label))) label = line;
  }
  return quotes.map((quote) => ({ label: quote.label.replace(/^[\s#*-]+/, ''), text: quote.text.trimEnd() }));
}

function isHeading(line) {
  return /^ {0,3}#/.test(line);
}

function readNote(text) {
  const note =
    /sent it back:\s*\n([\s\S]*?)(?:\n\s*\nMend it\b|$)/.exec(text)?.[1] ?? /was sent back \((.*)\)/s.exec(text)?.[1];
  return note?.trim() || null;
}

/** The lines, each with whether it stands in a code fence; `opens` marks the first line of a fence. */
function* readLines(text) {
  let open = null;
  for (const line of text.split(/\r?\n/)) {
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    const opens = open === null && fence !== null;
    const closes = open !== null && fence?.[1].startsWith(open) && fence[2].trim() === '';
    if (opens) open = fence[1];
    if (closes) open = null;
    yield { line, fenced: open !== null, opens };
  }
}
