#!/usr/bin/env python3
"""A service manager for one service: hands it a listening socket and says what it is notified of.

Usage: activate.py PROGRAM [ARGUMENT...]. Prints "port N" and then each notification, a line each. Passes SIGTERM on
and ends with the program's exit status.
"""

import os
import signal
import socket
import sys
import tempfile


def start(listening, notify_path, command):
    child = os.fork()
    if child:
        return child
    os.dup2(listening.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", NOTIFY_SOCKET=notify_path)
    os.execv(command[0], command)


def main(command):
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listening, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        path = os.path.join(folder, "notify")
        notified.bind(path)
        notified.settimeout(0.05)
        print("port", listening.getsockname()[1], flush=True)
        child = start(listening, path, command)
        signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
        while True:
            try:
                print(notified.recv(4096).decode(), flush=True)
                continue
            except TimeoutError:
                pass
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
