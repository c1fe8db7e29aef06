/**
 * Completion scripts for bash, zsh and fish, made from the command table; they start no process while completing. That of bash
 * reads the names of connections in rollcall.yaml, too.
 */
import { GLOBAL_OPTIONS } from './arguments.ts';
import type { CommandHelp, Complete, Option } from './command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, commands: readonly CommandHelp[]): string {
  return shell === 'bash' ? bash(commands) : shell === 'zsh' ? zsh(commands) : fish(commands);
}

function optionsOf(command: CommandHelp): readonly Option[] {
  return [...command.options, ...GLOBAL_OPTIONS.filter((one) => one.name !== 'version')];
}
function wordsOf(complete: Complete | undefined): readonly string[] {
  return typeof complete === 'object' ? complete.words : [];
}
function firstWords(commands: readonly CommandHelp[]): string[] {
  return [...new Set(commands.map((one) => one.name.split(' ')[0]!))];
}
/** Second words of a first one (`show` of `run`), and what its first argument may be. */
function after(first: string, commands: readonly CommandHelp[]): string[] {
  const seconds = commands.flatMap((one) => (one.name.startsWith(`${first} `) ? [one.name.slice(first.length + 1)] : []));
  const plain = commands.find((one) => one.name === first);
  return [...seconds, ...wordsOf(plain?.positionals[0]?.complete)];
}
function longest(commands: readonly CommandHelp[]): CommandHelp[] {
  return [...commands].sort((a, b) => b.name.length - a.name.length);
}

const CONNECTION = 'CONNECTION';

/** Where the word is a connection: the first argument, or any of them where there may be many. */
function connectionsAt({ name, positionals }: CommandHelp): string {
  const [first] = positionals;
  if (first?.name !== CONNECTION) return '';
  const at = first.many ? '' : `(( COMP_CWORD == ${name.split(' ').length + 1} )) && `;
  return `\n      ${at}names="$(_rollcall_connections)"`;
}

function bash(commands: readonly CommandHelp[]): string {
  const cases = longest(commands).map((one) => {
    const values = optionsOf(one).flatMap((option) => {
      if (option.value === undefined) return [];
      const flags = [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])].join('|');
      const reply =
        option.complete === 'file'
          ? 'compgen -f -- "$word"'
          : option.value === CONNECTION
            ? 'compgen -W "$(_rollcall_connections)" -- "$word"'
            : `compgen -W "${wordsOf(option.complete).join(' ')}" -- "$word"`;
      return [`        ${flags}) mapfile -t COMPREPLY < <(${reply}); return;;`];
    });
    const flags = optionsOf(one).map((option) => `--${option.name}`);
    return `    "${one.name} "*)
      case "$before" in
${values.join('\n')}
      esac
      [[ $word == -* ]] && { mapfile -t COMPREPLY < <(compgen -W "${flags.join(' ')}" -- "$word"); return; }${connectionsAt(one)};;`;
  });
  const seconds = firstWords(commands).flatMap((first) => {
    const words = after(first, commands);
    return words.length === 0 ? [] : [`    ${first}) mapfile -t COMPREPLY < <(compgen -W "${words.join(' ')}" -- "$word");;`];
  });
  return `# bash completion for rollcall: eval "$(rollcall completion bash)"
_rollcall_connections() {
  local line inside= indent=
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == connections:* ]]; then inside=1
    elif [[ $line =~ ^[^[:space:]#] ]]; then inside=
    elif [[ -n $inside && $line =~ ^( +)([A-Za-z0-9_.-]+):[[:space:]]*([{#].*)?$ ]]; then
      : "\${indent:=\${BASH_REMATCH[1]}}"
      [[ \${BASH_REMATCH[1]} == "$indent" ]] && printf '%s\\n' "\${BASH_REMATCH[2]}"
    fi
  done < "\${ROLLCALL_CONFIG:-rollcall.yaml}"
} 2> /dev/null
_rollcall() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" names=
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    mapfile -t COMPREPLY < <(compgen -W "${[...firstWords(commands), '--help', '--version'].join(' ')}" -- "$word")
    return
  fi
  case "\${COMP_WORDS[*]:1:COMP_CWORD} " in
${cases.join('\n')}
  esac
  (( COMP_CWORD == 2 )) && case "\${COMP_WORDS[1]}" in
${seconds.join('\n')}
  esac
  [[ -n $names ]] && mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$names" -- "$word")
}
complete -o default -F _rollcall rollcall
`;
}

function quoted(text: string): string {
  return text.replace(/'/g, `'\\''`).replace(/([[\]:])/g, '\\$1');
}

function zsh(commands: readonly CommandHelp[]): string {
  const firsts = firstWords(commands).map(
    (first) => `    '${first}:${quoted(commands.find((one) => one.name.split(' ')[0] === first)!.summary)}'`,
  );
  const cases = longest(commands).map((one) => {
    const options = optionsOf(one).map((option) => {
      const action =
        option.value === undefined
          ? ''
          : `:${option.value}:${option.complete === 'file' ? '_files' : `(${wordsOf(option.complete).join(' ')})`}`;
      return `        '--${option.name}[${quoted(option.about)}]${action}'`;
    });
    const words = one.name.includes(' ') ? [] : after(one.name, commands);
    const rest = words.length > 0 ? [`        '*:argument:(${words.join(' ')})'`] : [`        '*::argument:_files'`];
    return `    '${one.name} '*)\n      _arguments \\\n${[...options, ...rest].join(' \\\n')};;`;
  });
  return `#compdef rollcall
# zsh completion for rollcall: rollcall completion zsh > "\${fpath[1]}/_rollcall"
_rollcall() {
  local -a commands
  commands=(
${firsts.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local line="\${words[2,CURRENT]} "
  (( CURRENT-- ))
  shift words
  case "$line" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _rollcall ]; then _rollcall "$@"; else compdef _rollcall rollcall; fi
`;
}

function fish(commands: readonly CommandHelp[]): string {
  const text = (about: string): string => about.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
  const lines = firstWords(commands).map(
    (first) =>
      `complete -c rollcall -f -n __fish_use_subcommand -a ${first} -d '${text(commands.find((one) => one.name.split(' ')[0] === first)!.summary)}'`,
  );
  for (const one of commands) {
    const when = `'${one.name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')}'`;
    for (const option of optionsOf(one)) {
      const short = option.short === undefined ? '' : ` -s ${option.short}`;
      const words = wordsOf(option.complete);
      const value =
        option.value === undefined
          ? ''
          : option.complete === 'file'
            ? ' -r -F'
            : ` -x${words.length === 0 ? '' : ` -a '${words.join(' ')}'`}`;
      lines.push(`complete -c rollcall -n ${when} -l ${option.name}${short}${value} -d '${text(option.about)}'`);
    }
    const words = one.name.includes(' ') ? [] : after(one.name, commands);
    if (words.length > 0) lines.push(`complete -c rollcall -f -n ${when} -a '${words.join(' ')}'`);
  }
  return `# fish completion for rollcall: rollcall completion fish > ~/.config/fish/completions/rollcall.fish\n${lines.join('\n')}\n`;
}
