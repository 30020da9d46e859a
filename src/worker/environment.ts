// What of the runner's environment a harness gets to see: an allow-list, so that no secret and no tmux socket travels by accident.

// The last two groups: proxies, and where certificates of authorities are.
const passed =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|NO_COLOR|TMPDIR|XDG_\w+|(?:https?|all|ftp|no)_proxy|(?:HTTPS?|ALL|FTP|NO)_PROXY|SSL_CERT_(?:FILE|DIR)|OOMPA_PANE|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/;

export interface HarnessEnvironment {
  cwd: string;
  /** Names that this harness may see as well; null for none. */
  passes: RegExp | null;
  /** What the operator gives it beside that. */
  added: Readonly<Record<string, string>>;
  /** Marks of ownership; nothing may override them. */
  tags: Readonly<Record<string, string>>;
  /** A folder that comes first on its path. */
  bin: string;
}

/** The environment of a harness process, before what the harness itself adds. `PWD` is its folder: without it, programs trust the one they inherit. */
export function harnessEnvironment(
  from: NodeJS.ProcessEnv,
  { cwd, passes, added, tags, bin }: HarnessEnvironment,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && (passed.test(name) || passes?.test(name))) kept[name] = value;
  }
  const given = { ...kept, ...added };
  return { ...given, PATH: [bin, given.PATH].filter(Boolean).join(':'), PWD: cwd, ...tags };
}
