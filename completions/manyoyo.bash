# bash completion of manyoyo; an alias needs its own line: complete -F _manyoyo ALIAS
# BUN_JSC_useJIT=0: no compiler is started for a few milliseconds of work.
_manyoyo() {
  local reply
  COMPREPLY=()
  while IFS= read -r reply; do
    case $reply in
      :files) compopt -o default ;;
      :dirs) compopt -o dirnames ;;
      :nospace) compopt -o nospace ;;
      :command\ *) _manyoyo_command "${reply#:* }" "$2" "$3" ;;
      *) COMPREPLY+=("$reply") ;;
    esac
  done < <(BUN_JSC_useJIT=0 exec manyoyo complete --line "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
}

# From character $1 on the line is a command of its own.
_manyoyo_command() {
  local n=0 rest=${COMP_LINE:0:$1} name spec
  compopt -o default
  while rest=${rest#"${rest%%[![:space:]]*}"} && [[ $rest ]] && ((n < COMP_CWORD)); do
    rest=${rest#"${COMP_WORDS[n++]}"}
  done
  if ((n == COMP_CWORD)); then
    [[ $2 == */* ]] || mapfile -t COMPREPLY < <(compgen -c -- "$2")
    return
  fi
  COMP_LINE=${COMP_LINE:$1} COMP_POINT=$((COMP_POINT - $1)) COMP_CWORD=$((COMP_CWORD - n))
  COMP_WORDS=("${COMP_WORDS[@]:n}") name=${COMP_WORDS[0]##*/}
  [[ $name =~ ^[[:alnum:]_.+-]+$ ]] || return
  complete -p -- "$name" || _comp_load -- "$name" || _completion_loader "$name"
  spec=$(complete -p -- "$name")
  [[ $spec == *'-o nospace'* ]] && compopt -o nospace
  [[ $spec =~ ' -F '([^ ]+) ]] && "${BASH_REMATCH[1]}" "$name" "$2" "$3"
} &>/dev/null
complete -F _manyoyo manyoyo
