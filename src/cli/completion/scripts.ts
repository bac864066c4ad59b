import type { Place } from './words.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that needs nothing but its shell: no process of ours runs at a key press. Pure. */
export function completionScript(shell: Shell, places: readonly Place[]): string {
  switch (shell) {
    case 'bash':
      return bash(places);
    case 'zsh':
      return zsh(places);
    case 'fish':
      return fish(places);
    default:
      return shell satisfies never;
  }
}

/** Every place but the start, as shell patterns of "the verbs so far, and the next one". */
function steps(places: readonly Place[]): string[] {
  return places.filter(({ at }) => at !== '').map(({ at }) => quoted(` ${at}`));
}

function bash(places: readonly Place[]): string {
  const cases = places.map(
    ({ at, words }) =>
      `    ${quoted(at === '' ? '' : ` ${at}`)}) words=${quoted(words.map(({ word }) => word).join(' '))} ;;`,
  );
  return `# kubactor completion bash > /etc/bash_completion.d/kubactor
_kubactor() {
  local at="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
    ${steps(places).join('|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _kubactor kubactor
`;
}

function zsh(places: readonly Place[]): string {
  const cases = places.map(({ at, words }) => {
    const described = words.map(({ word, description }) =>
      quoted(`${word.replaceAll(':', '\\:')}:${description}`),
    );
    return `    (${quoted(at === '' ? '' : ` ${at}`)}) candidates=(${described.join(' ')}) ;;`;
  });
  return `#compdef kubactor
# kubactor completion zsh > "\${fpath[1]}/_kubactor"
_kubactor() {
  local at="" word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
    (${steps(places).join('|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  _describe kubactor candidates
  _files
}
if [ "\${funcstack[1]}" = _kubactor ]; then _kubactor "$@"; else compdef _kubactor kubactor; fi
`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ at, words }) =>
    words.map(({ word, description }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      const place = at === '' ? '' : ` ${at}`;
      return `complete -c kubactor -n "__kubactor_at '${place}'" ${what} -d ${fishQuoted(description)}`;
    }),
  );
  return `# kubactor completion fish > ~/.config/fish/completions/kubactor.fish
function __kubactor_at
  set -l at ""
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${steps(places).join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
