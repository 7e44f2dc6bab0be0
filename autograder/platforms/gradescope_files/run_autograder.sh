#!/usr/bin/env bash
# Runs as root for each submission. Whatever happens, there is a valid results.json when it ends.
#
# First it writes one without a score, which says that nothing was graded: Gradescope then asks for the instructor, and
# nobody gets a zero. The grader puts the real one in its place, whole. So if Python is missing, if the grader dies, if
# the time is up or the disk full, and if this script is killed, the first one stays. What is printed here is shown to
# instructors alone.
set -u

ROOT=/autograder
RESULTS=$ROOT/results/results.json
DEADLINE_S=540

not_graded() {
    cat > "$RESULTS.new" << 'END' && mv -f "$RESULTS.new" "$RESULTS"
{
 "output": "This submission could not be graded. That is not your fault, and it is not a zero: there is no score yet. Please tell your instructor, who sees the reason here and can run the autograder again.",
 "output_format": "text",
 "stdout_visibility": "hidden",
 "extra_data": {"status": "needs_attention"}
}
END
}

finish() {
    if [ ! -s "$RESULTS" ]; then
        not_graded
    fi
    chmod 755 "$ROOT/results"
    chmod 644 "$RESULTS"
}

mkdir -p "$ROOT/results"
not_graded
trap finish EXIT

# Student code becomes another user, who is to read neither tests nor results, be there Landlock or not.
chmod -R go-rwx "$ROOT/source" "$ROOT/results"
if [ -e "$ROOT/submission_metadata.json" ]; then
    chmod go-rwx "$ROOT/submission_metadata.json"
fi

cd /
timeout --kill-after=5 "$DEADLINE_S" /opt/autograder/bin/python -P -m autograder.platforms.gradescope "$ROOT"
status=$?
case $status in
    0) ;;
    124 | 137) echo "not graded: stopped after $DEADLINE_S s, or killed; is the container short of CPU or memory?" ;;
    126 | 127) echo "not graded: no Python in /opt/autograder; did setup.sh fail? See the build's output" ;;
    *) echo "not graded: the grader ended with status $status; its reason is above" ;;
esac
