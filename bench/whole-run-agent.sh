#!/bin/sh
# An instant agent: claims the suggested task by mv, writes one file, hands in. Builtins and mv only: it costs next to nothing.
id=
while read -r dash name rest; do
  case "$dash $rest" in '- '*'(suggested)') id=${name%:} ;; esac
done
[ -n "$id" ] || exit 0
mv "../tasks/pending/$id.json" ../tasks/current/ || exit 0
echo "work of $id" > "$id.txt"
echo COMPLETE_AND_READY_FOR_MERGE
