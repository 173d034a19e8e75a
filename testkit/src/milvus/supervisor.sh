# Runs one server and ends it with its owner.
# arguments: STATE_DIR GRACE PROGRAM [ARG...]   (GRACE in tenths of a second)
#
# Standard input is a pipe of which only the owner holds the other end. It closes when the owner
# ends, SIGKILL included; the line "stop" asks for an orderly end first.
state=$1 grace=$2
shift 2
trap : HUP INT TERM

(
    # `exec` keeps the process id: the one written is the server's.
    sh -c 'echo $$ >"$0/pid" || exit 1; exec "$@"' "$state" "$@"
    echo $? >"$state/exited"
) </dev/null >>"$state/server.log" 2>&1 &
guard=$!

read -r order

# The owner may be gone before the server has a process id.
tries=100
while [ ! -s "$state/pid" ] && [ ! -e "$state/exited" ] && [ "$tries" -gt 0 ]; do
    sleep 0.05
    tries=$((tries - 1))
done
server=$(cat "$state/pid")

if [ "$order" = stop ] && [ ! -e "$state/exited" ]; then
    kill -TERM "$server"
    while [ ! -e "$state/exited" ] && [ "$grace" -gt 0 ]; do
        sleep 0.1
        grace=$((grace - 1))
    done
fi
# A server that has exited may have passed its process id on to a stranger.
[ -e "$state/exited" ] || { kill -KILL "$server" && wait "$guard"; }

rm -rf "$state"
# What Milvus 2.3.5 keeps elsewhere, whatever its settings; its alias is the name of its state.
alias=${state##*/}
rm -f "/tmp/milvus/server_id_$server" "/run/milvus/standalone-$alias.pid" "/tmp/milvus/standalone-$alias.pid"
# Whatever the server started: all of this process group, this shell included.
kill -KILL 0
