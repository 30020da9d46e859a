#!/bin/bash
# The baseline of the whole run: N shell workers that claim by mv, add a worktree, commit, merge under a lock and clean up.
# Usage: whole-run-loop.sh WORKERS, in the repository. Everything is in a plain loop; nothing is fsynced, journalled or watched.
repo=$PWD
mkdir -p tasks/current tasks/complete .loop

worker() {
  local id task branch tree
  for task in tasks/pending/*; do
    id=$(basename "$task" .json)
    mv "$task" "tasks/current/$id.json" 2>/dev/null || continue
    branch=loop-$id tree=$repo/.loop/$id
    # Several at once lose worktrees in git 2.39: one at a time.
    flock .loop/add git worktree add -q -b "$branch" "$tree" main 2>/dev/null || { echo "lost $id" >&2; continue; }
    echo "work of $id" > "$tree/$id.txt"
    git -C "$tree" add -A
    git -C "$tree" commit -q -m "Work on $id"
    flock .loop/merge git merge -q --no-ff -m "Merge $id" "$branch" >/dev/null || { echo "unmerged $id" >&2; continue; }
    flock .loop/add git worktree remove --force "$tree"
    flock .loop/add git branch -q -D "$branch"
    mv "tasks/current/$id.json" "tasks/complete/$id.json"
  done
}

for n in $(seq "$1"); do worker & done
wait
