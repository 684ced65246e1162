#!/bin/sh
# The page cache against nginx: requests a second for the same bytes, 64 connections kept alive, in turn A B A B.
# usage: http_cache.sh BUILD_FOLDER [SECONDS [ROUNDS]]
# Prints each round and, as the last line, the ratio of the medians. Exit 1 when it is below 1.
set -eu
build=${1:?the build folder}
seconds=${2:-3}
rounds=${3:-5}
work=$(mktemp -d)
pids=
finish() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT INT TERM
for program in wrk nginx curl; do
    command -v $program >/dev/null || { echo "http_cache: $program is not installed" >&2; exit 1; }
done

"$build/tests/http/echo_server" 2>"$work/echo.log" &
pids=$!
for i in 1 2 3 4 5 6 7 8 9 10; do grep -q 'listening on' "$work/echo.log" && break; sleep 0.1; done
ours=$(sed -n 's/^listening on \(.*\)\/$/\1/p' "$work/echo.log")

mkdir "$work/root"
curl -s "$ours/page?lines=230" >"$work/root/page.html"
port=$((20000 + $$ % 20000))
cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes 2; pid $work/nginx.pid; error_log $work/nginx.log;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type text/html;
  client_body_temp_path $work/a; proxy_temp_path $work/b; fastcgi_temp_path $work/c; uwsgi_temp_path $work/d;
  scgi_temp_path $work/e;
  server { listen 127.0.0.1:$port; root $work/root; } }
CONF
chmod 755 "$work" "$work/root"
nginx -c "$work/nginx.conf" -e "$work/nginx.log" &
pids="$pids $!"
theirs=http://127.0.0.1:$port
for i in 1 2 3 4 5 6 7 8 9 10; do curl -so /dev/null "$theirs/page.html" && break; sleep 0.1; done
curl -s "$theirs/page.html" | cmp - "$work/root/page.html"

rate() { wrk -t1 -c64 -d"${seconds}s" "$1" | awk '/Requests\/sec/ {print int($2)} /Non-2xx|Socket errors/ {exit 1}'; }
rate "$ours/page?lines=230" >/dev/null
for round in $(seq "$rounds"); do
    a=$(rate "$ours/page?lines=230"); echo "$a" >>"$work/ours"
    b=$(rate "$theirs/page.html"); echo "$b" >>"$work/theirs"
    echo "round $round: $a by us, $b by nginx"
done
median() { sort -n "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
a=$(median "$work/ours"); b=$(median "$work/theirs")
size=$(wc -c <"$work/root/page.html")
awk -v a="$a" -v b="$b" -v s="$size" 'BEGIN {
    printf "page of %d bytes from cache: %d/s, nginx from a file: %d/s, ratio %.2f\n", s, a, b, a / b; exit a < b }'
