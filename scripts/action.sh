#!/usr/bin/env bash
# What action.yml runs: `action.sh install`, then `action.sh run`. What a workflow says comes in as
# INPUT_* variables and is never part of a command's text.
set -euf

MOST=1000000 # bytes of a step summary; GitHub drops all of one above 1 MiB

install() {
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "::error::unleak needs Python 3.11 or newer: let actions/setup-python run first"
    return 2
  }
  python3 -m venv "$RUNNER_TEMP/unleak"
  if [ -n "${INPUT_VERSION:-}" ]; then
    "$RUNNER_TEMP/unleak/bin/pip" install --quiet "unleak==$INPUT_VERSION"
  else
    "$RUNNER_TEMP/unleak/bin/pip" install --quiet --require-hashes \
      -r "$GITHUB_ACTION_PATH/requirements/runtime.txt"
    "$RUNNER_TEMP/unleak/bin/pip" install --quiet --no-deps "$GITHUB_ACTION_PATH"
  fi
  echo "$RUNNER_TEMP/unleak/bin" >> "$GITHUB_PATH"
}

# report FILE OPTION...: the same run once more, told in another form.
report() {
  local file=$1
  shift
  local code=0
  unleak "${words[@]}" --quiet --exit-zero --output-file "$file" "$@" -- "${paths[@]}" || code=$?
  # 3 is what the run itself has said of files; an option that does not go with a report is said here.
  if [ "$code" = 2 ]; then
    echo "::error::unleak could not write $file"
    exit_code=2
  fi
}

summary() {
  local page=$RUNNER_TEMP/unleak-summary.md
  rm -f "$page"
  report "$page" --output-format markdown
  [ -e "$page" ] || return 0
  if [ "$(wc -c < "$page")" -gt "$MOST" ]; then
    report "$page" --output-format concise --statistics
    { echo '```'; cat "$page"; echo '```'; } >> "$GITHUB_STEP_SUMMARY"
  else
    cat "$page" >> "$GITHUB_STEP_SUMMARY"
  fi
}

run() {
  local words paths=() path exit_code=0
  IFS=$' \t\n' read -r -d '' -a words <<< "$INPUT_ARGS" || true
  while IFS= read -r path; do
    if [ -n "$path" ]; then paths+=("$path"); fi
  done <<< "$INPUT_SRC"
  if [ "${#words[@]}" = 0 ] || [ "${#paths[@]}" = 0 ]; then
    echo "::error::neither args nor src may be empty"
    echo "exit-code=2" >> "$GITHUB_OUTPUT"
    return 2
  fi
  if [ -n "${INPUT_NODE:-}" ]; then words+=(--node "$INPUT_NODE"); fi

  unleak "${words[@]}" -- "${paths[@]}" || exit_code=$?
  if [ "${words[0]}" = check ]; then
    if [ "${INPUT_SUMMARY:-}" = true ]; then summary; fi
    if [ -n "${INPUT_SARIF_FILE:-}" ]; then
      report "$INPUT_SARIF_FILE" --output-format sarif
      printf 'sarif-file=%s\n' "${INPUT_SARIF_FILE//$'\n'/ }" >> "$GITHUB_OUTPUT"
    fi
  fi
  echo "exit-code=$exit_code" >> "$GITHUB_OUTPUT"
  if [ "$exit_code" = 1 ] && [ "${INPUT_FAIL:-true}" = false ]; then exit_code=0; fi
  return "$exit_code"
}

case ${1:-} in
  install | run) "$1" ;;
  *) echo "usage: action.sh install | run" >&2; exit 2 ;;
esac
