#!/bin/sh
# The page cache against nginx: requests a second for the same bytes, 64 connections kept alive, in turn A B A B.
# usage: http_cache.sh BUILD_FOLDER [SECONDS [ROUNDS]]
# Prints each round with its ratio, what a request costs each server in processor time (which other work on the
# machine disturbs less), and as the last line the median of the ratios. Exit 1 when it is below 1.
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
for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q 'listening on' "$work/echo.log" && break; sleep 0.1; done
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
for _ in 1 2 3 4 5 6 7 8 9 10; do curl -so /dev/null "$theirs/page.html" && break; sleep 0.1; done
curl -s "$theirs/page.html" | cmp - "$work/root/page.html"

cpu() { # user and system time of a process and its children, in ticks of 10 ms
    { echo "$1"; pgrep -P "$1"; } | sed 's|.*|/proc/&/stat|' | xargs cat | awk '{sum += $14 + $15} END {print sum}'
}
rate() { # PID URL: requests a second, and microseconds of processor time a request
    before=$(cpu "$1")
    wrk -t1 -c64 -d"${seconds}s" "$2" >"$work/wrk"
    after=$(cpu "$1")
    awk -v ticks=$((after - before)) '/requests in/ {n = $1} /Non-2xx|Socket errors/ {exit 1}
        /Requests\/sec/ {printf "%d %.1f\n", $2, ticks * 10000 / n}' "$work/wrk"
}
ours_pid=${pids% *}
theirs_pid=${pids#* }
rate "$ours_pid" "$ours/page?lines=230" >/dev/null
for round in $(seq "$rounds"); do
    rate "$ours_pid" "$ours/page?lines=230" >"$work/our_rate"
    rate "$theirs_pid" "$theirs/page.html" >"$work/their_rate"
    paste -d' ' "$work/our_rate" "$work/their_rate" >>"$work/rounds"
    paste -d' ' "$work/our_rate" "$work/their_rate" | awk -v round="$round" '{
        printf "round %d: %d/s (%.1f us) by us, %d/s (%.1f us) by nginx, ratio %.2f\n", round, $1, $2, $3, $4, $1 / $3}'
done
column() { awk -v c="$1" '{print c == 5 ? $1 / $3 : $c}' "$work/rounds" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
size=$(wc -c <"$work/root/page.html")
ratio=$(column 5)
echo "processor time a request: $(column 2) us by us, $(column 4) us by nginx"
echo "page of $size bytes from cache: $(column 1)/s, nginx from a file: $(column 3)/s, ratio $ratio"
awk -v r="$ratio" 'BEGIN {exit r < 1}'
