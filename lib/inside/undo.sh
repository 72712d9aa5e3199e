# shellcheck shell=sh
# Runs on the host, apart from a call that changes several things: sees that all of it is done or none, however the call
# ends. It reads what the call writes on fd 3, a line a step and before the step is taken, until nobody holds the other end
# any more. $1: the engine's program; $2: id of the call; then the engine's words that remove a container.
# A line is: WHEN WHAT ARGUMENTS. WHEN is "undo" (unless the call comes to its end), "always", "done" (only then; the one
# line that says so), or "after" (always, when all else is done). WHAT:
#   label KEY=VALUE       removes the containers with that label
#   start ID              starts a container again
#   image NAME            takes the name from an image, and with the last one the image
#   volume NAME           removes a volume
#   refill IMAGE TO FROM  copies one volume over another; where that fails, FROM stays. Where somebody works with TO by now, nothing of his
#                         goes: the newer one of two files stays, and an older one of FROM beside it
#   swap OLD NEW NAME     NEW takes the place of OLD, which goes
#   keep                  nothing more is to be done
#   orphan ID NAME        takes the name from an image where container ID, the only one that had it, is gone (only "after")
#   alone ID              removes the volumes that the engine made for container ID alone, where that is gone (only "after")
# Status: 0 all is as it should be; 1 something could not be done; 3 the call came to its end, but its last step had to be
# taken back, since somebody has started OLD meanwhile; 4 the same, since somebody has removed OLD meanwhile; 5 the same, since
# NEW could not get the name; 6 it was done, but OLD could not be removed; 7 it was not done, and not all could be taken back;
# 8 it was not done, and a volume could not be filled again.
engine=$1
call=$2
shift 2
steps=
done=
leftovers=
first=
# What an engine says is a list of words, and no pattern of files.
set -f
# A bash in sh's place would end a read after so many seconds, and take back what is still being done.
unset TMOUT
while IFS= read -r line <&3; do
  case $line in
    *' label '*) first=${first:-${line##* label }} ;;
  esac
  case $line in
    'done '*) done=${line#done } ;;
    'after orphan '*) leftovers="$leftovers image ${line#after orphan }" ;;
    # Which they are can be told only as long as it is there.
    'after alone '*)
      one=${line#after alone }
      for each in $(volumes_of "$one"); do leftovers="$leftovers volume $one $each"; done
      ;;
    *) steps="$line
$steps" ;;
  esac
done

containers() {
  "$engine" ps --all --quiet --no-trunc --filter "label=$1" 2>/dev/null
}

# An engine that was stopped under the call is waited for: two minutes in all. It is asked what has to be asked anyway: nobody
# holds the other end any more, so all that the call made is there by now.
patience=120
answers() {
  until firsts=$(containers "$first"); do
    patience=$((patience - 1))
    [ "$patience" -gt 0 ] || return 1
    sleep 1
  done
}
if ! answers; then
  case $done$steps in
    'swap '*) exit 7 ;;
    *'undo refill '*) [ -n "$done" ] || exit 8 ;;
  esac
  exit 1
fi

failed=0
# Tries it again where the engine is busy with it; what is gone already is as good as removed. podman says of another image
# as well that it is not known, which is being removed at that moment.
try() {
  for last; do :; done
  for attempt in 1 2 3 4 5; do
    said=$("$engine" "$@" 2>&1) && return 0
    case $said in
      *[Nn]'o such '* | *'no container with'* | *"$last"*'not known'* | *'no volume with'*) return 0 ;;
      *'more than one result for volume name'*) return 0 ;;
      *'invalid option: "manyoyo'* | *'invalid mount option manyoyo '*) return 0 ;;
      *name*' in use'*) [ "$1" = rename ] && break ;;
    esac
    sleep "$attempt"
    answers || break
  done
  failed=1
  return 1
}

# podman's `volume rm` takes the beginning of another one's name for the name.
remove_volume() {
  try volume inspect --format '{{.Name}}' "$1" || return 1
  case "
$said
" in
    *"
$1
"*) try volume rm "$1" ;;
  esac
}

state() {
  "$engine" container inspect --format '{{.State.Running}} {{.Name}}' "$1" 2>/dev/null
}

# Whether the engine says that there is no such container; one that it cannot tell of is none.
gone() {
  case $("$engine" container inspect "$1" 2>&1 >/dev/null) in
    *[Nn]'o such container'* | *'no container with'*) return 0 ;;
  esac
  return 1
}

# Gives a container a name. Which it has then decides: an engine that was stopped may have done it without saying so.
take() {
  "$engine" rename "$1" "$2" >/dev/null 2>&1 && return 0
  is_named "$1" "$2" || try rename "$1" "$2"
  failed=0
  is_named "$1" "$2" && return 0
  failed=1
  return 1
}

is_named() {
  case $(state "$1") in
    *" $2" | *" /$2") return 0 ;;
  esac
  return 1
}

# Fails with 3 where OLD has been started meanwhile: what was done in it since would be lost. Fails with 4 where it has been
# removed: whoever did that was told that the session is gone, so nothing takes its place.
swap() {
  case $(state "$1") in
    true*) return 3 ;;
    '') gone "$1" && return 4 ;;
  esac
  if ! take "$1" "$3.old-${call%%-*}"; then
    failed=0
    gone "$1" && return 4
    is_named "$1" "$3" || failed=1
    return 5
  fi
  if ! take "$2" "$3"; then
    failed=0
    take "$1" "$3"
    return 5
  fi
  # Not by force: it may have been started just now.
  for attempt in 1 2 3 4; do
    said=$("$engine" rm --volumes "$1" 2>&1) && return 0
    case $attempt$said in
      1*[Nn]'o such container'* | 1*'no container with'* | 1*'already in progress'*) return 4 ;;
      *'annot remove'*running* | *'annot remove'*paused*) break ;;
    esac
    sleep "$attempt"
    answers || break
    gone "$1" && return 0
  done
  return 6
}

status=0
if [ -n "$done" ]; then
  # shellcheck disable=SC2086  # words without blanks
  case $done in
    'swap '*)
      swap ${done#swap }
      status=$?
      case $status in 0 | 6) ;; *) done= ;; esac
      ;;
  esac
fi

# The volumes that hold the one copy of what another one held.
whole=
# From the last one to the first.
while [ -n "$steps" ]; do
  step=${steps%%
*}
  steps=${steps#*
}
  when=${step%% *}
  step=${step#* }
  [ "$when" = undo ] && [ -n "$done" ] && continue
  what=${step%% *}
  rest=${step#* }
  one=${rest%% *}
  rest=${rest#* }
  case $what in
    label)
      # An id and nothing else is said back to the engine: it might be an option.
      found=$firsts
      [ "$one" = "$first" ] || found=$(containers "$one")
      for id in $found; do
        case $id in *[!0-9a-f]*) continue ;; esac
        try "$@" "$id"
      done
      ;;
    start) try start "$one" ;;
    image) try rmi "$one" ;;
    volume) case "$whole " in *" $one "*) ;; *) remove_volume "$one" ;; esac ;;
    refill)
      to=${rest%% *}
      from=${rest#* }
      text='rm -rf /manyoyo/to/* /manyoyo/to/.[!.]* /manyoyo/to/..?*; cp -a /manyoyo/from/. /manyoyo/to/'
      # shellcheck disable=SC2016  # it is for the shell inside
      [ -z "$("$engine" ps --quiet --filter "volume=$to" 2>/dev/null)" ] || text='cd /manyoyo/from || exit
        find . -type f | while IFS= read -r file; do
          to=/manyoyo/to/$file
          [ ! "$to" -nt "$file" ] || cp -a "$file" "$to.before" || exit
        done && cp -au . /manyoyo/to/'
      try run --rm --network none --user 0 --label "manyoyo.call=$call" \
        --mount "type=volume,source=$from,target=/manyoyo/from,ro,volume-opt=manyoyo=there" \
        --mount "type=volume,source=$to,target=/manyoyo/to,volume-opt=manyoyo=there" \
        --entrypoint /bin/sh "$one" -c "$text" || whole="$whole $from"
      ;;
  esac
done
# Whoever removed the session could not remove its image and volumes as long as a container of the call used them.
# shellcheck disable=SC2086  # words without blanks
set -- $leftovers
while [ $# -ge 3 ]; do
  if gone "$2"; then
    case $1 in
      image) "$engine" rmi "$3" ;;
      volume) "$engine" volume rm "$3" ;;
    esac >/dev/null 2>&1
  fi
  shift 3
done
[ -z "$whole" ] || exit 8
# What became of the last step says more than what is left of the others.
case $status$failed in
  0*) exit "$failed" ;;
  51) exit 7 ;;
esac
exit "$status"
