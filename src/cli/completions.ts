// Completion scripts for the shells, made from the table of commands. They need nothing installed and start no process on a keystroke.
import { type CommandSpec, commands, type GroupSpec, nameOf } from './commands/index.ts';

interface Flag {
  /** `--config`. */
  long: string;
  /** `-f`, where there is one. */
  short: string | null;
  text: string;
  takesValue: boolean;
}

interface Word {
  /** The name and its aliases. */
  names: readonly string[];
  summary: string;
  /** Of a group. */
  verbs: readonly { name: string; summary: string }[];
  flags: readonly Flag[];
}

/** Shell → the whole script. */
export const completionScripts: Readonly<Record<string, () => string>> = { bash, zsh, fish };

function bash(): string {
  const known = words();
  const cases = known.map(({ names, verbs, flags }) => {
    const offered = [
      ...verbs.map(({ name }) => name),
      ...flags.flatMap(({ short, long }) => (short ? [short, long] : [long])),
    ];
    return `    ${names.join('|')}) offered='${offered.join(' ')}' ;;`;
  });
  return `# oompa: completions for bash. In ~/.bashrc: source <(oompa completions bash)
_oompa() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command='' word offered
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) command=$word; break ;; esac
  done
  case $command in
    '') offered='${[...namesOf(known), 'help', '--help', '--version'].join(' ')}' ;;
    help) offered='${namesOf(known).join(' ')}' ;;
${cases.join('\n')}
    *) offered='' ;;
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _oompa oompa
`;
}

function zsh(): string {
  const known = words();
  const described = known.flatMap(({ names, summary }) => names.map((name) => `    ${quoted(`${name}:${summary}`)}`));
  const cases = known.map(({ names, verbs, flags }) => {
    const verb = verbs.map(({ name, summary }) => `${name}\\:${quotedTwice(summary)}`).join(' ');
    const specs = flags.flatMap(({ short, long, text, takesValue }) =>
      [short, long].flatMap((name) =>
        name ? [quoted(`${name}[${text.replace(/[[\]\\]/g, '\\$&')}]${takesValue ? ':value:_files' : ''}`)] : [],
      ),
    );
    const first = verb === '' ? [] : [`'1:command:((${verb}))'`];
    return `    ${names.join('|')}) _arguments ${[...specs, ...first, quoted('*:argument:_files')].join(' ')} ;;`;
  });
  return `#compdef oompa
# oompa: completions for zsh. In ~/.zshrc, after compinit: source <(oompa completions zsh)
_oompa() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )) || [[ $words[2] == help ]]; then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT -= 1 ))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _oompa ]]; then _oompa "$@"; else compdef _oompa oompa; fi
`;
}

function fish(): string {
  const lines = words().flatMap(({ names, summary, verbs, flags }) => [
    ...names.map((name) => `complete -c oompa -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`),
    ...verbs.map(
      (verb) =>
        `complete -c oompa -n "__fish_seen_subcommand_from ${names.join(' ')}" -f -a ${verb.name} -d ${quoted(verb.summary)}`,
    ),
    ...flags.map(({ short, long, text, takesValue }) => {
      const name = `${short ? `-s ${short.slice(1)} ` : ''}-l ${long.slice(2)}`;
      return `complete -c oompa -n "__fish_seen_subcommand_from ${names.join(' ')}" ${name}${takesValue ? ' -r' : ''} -d ${quoted(text)}`;
    }),
  ]);
  return `# oompa: completions for fish. Save as ~/.config/fish/completions/oompa.fish
${lines.join('\n')}
`;
}

function words(): Word[] {
  return commands.filter((spec) => !spec.hidden).map(wordOf);
}

/** Of a group: its verbs, and every flag of any of them. */
function wordOf(spec: CommandSpec | GroupSpec): Word {
  const verbs = 'verbs' in spec ? spec.verbs : [];
  const options = 'verbs' in spec ? verbs.flatMap((verb) => verb.options ?? []) : (spec.options ?? []);
  const flags = new Map([...options.map(flagOf), help].map((flag) => [flag.long, flag]));
  return {
    names: [nameOf(spec), ...(('aliases' in spec && spec.aliases) || [])],
    summary: spec.summary,
    verbs: verbs.map((verb) => ({ name: nameOf(verb), summary: verb.summary })),
    flags: [...flags.values()],
  };
}

const help: Flag = { long: '--help', short: '-h', text: 'show help', takesValue: false };

function flagOf([flags, text]: NonNullable<CommandSpec['options']>[number]): Flag {
  return {
    long: /--[\w-]+/.exec(flags)?.[0] ?? '',
    short: /^-\w(?=,)/.exec(flags)?.[0] ?? null,
    text,
    takesValue: /[<[]/.test(flags),
  };
}

function namesOf(known: readonly Word[]): string[] {
  return known.flatMap(({ names }) => names);
}

/** For zsh, a description inside a list inside single quotes. */
function quotedTwice(text: string): string {
  return `"${text.replace(/["\\$`:]/g, '\\$&')}"`.replaceAll("'", "'\\''");
}

/** A word for a shell: no quote of ours ends early. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
