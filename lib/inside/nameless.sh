# shellcheck shell=sh
# Runs on the host, as a part of guard.sh and undo.sh, which have the engine's program as $engine.
# shellcheck disable=SC2154

# Whether the engine made a volume for one container alone: nobody asked for it, or podman, which lists those with what was
# asked for, marks it. docker marks what a person made without a name as well, which is theirs. $2: the container's HostConfig.
nameless() {
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ "${#1}" = 64 ] || return 1
  case $2 in *"$1"*) ;; *) return 0 ;; esac
  case $("$engine" volume inspect "$1" 2>/dev/null) in *'"Anonymous": true'*) return 0 ;; esac
  return 1
}

# The volumes that the engine made for a container alone, whoever removes it; none of one that is gone.
volumes_of() {
  told=$("$engine" container inspect --format \
    '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}|{{json .HostConfig}}' "$1" 2>/dev/null) || return
  for volume in ${told%%|*}; do
    ! nameless "$volume" "${told#*|}" || echo "$volume"
  done
}
