#!/usr/bin/env bash
# Checks $FOLDER: what a person reads goes to the log and each finding to its line; the report is an output of the step.
# BIFROST stands for the program where it is not to be had from npm.
set -uo pipefail
bifrost=${BIFROST:-"npx --yes bifrost-modules@${VERSION:-latest}"}
arguments=("$FOLDER")
[[ -z "${GLOBAL:-}" ]] || arguments+=(--global "$GLOBAL")
[[ -z "${SCOPE:-}" ]] || arguments+=(--scope "$SCOPE")
report="$RUNNER_TEMP/bifrost-check.json"
echo "report=$report" >>"$GITHUB_OUTPUT"
$bifrost check "${arguments[@]}" --json >"$report"
code=$?
# A program that could not start has said why, and there is no report to read.
[[ -s "$report" ]] || exit "$code"
node "$(dirname "${BASH_SOURCE[0]}")/annotate.mjs" "$report" "$FOLDER" "${GLOBAL:-}"
exit "$code"
