"""Measure the client's CPU of one small call, through keystoneauth's adapter and through ours; run it by hand."""

import json
import multiprocessing
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from answering import opened

BODY = {"network": {"id": "i" * 36, "name": "backend", "description": "d" * 100, "project_id": "p" * 32}}
CALLS = 2000


def serve(port):
    """Answer every request with the same object, as cheaply as may be."""
    content = json.dumps(BODY).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Openstack-Request-Id: req-1\r\n"
    answer = head + b"Content-Length: %d\r\n\r\n" % len(content) + content

    def talk(connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        got = b""
        while data := connection.recv(65536):
            got += data
            before, end, after = got.partition(b"\r\n\r\n")
            length = next(
                (
                    int(line[15:])
                    for line in before.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            if end and len(after) >= length:
                connection.sendall(answer)
                got = b""

    listening = socket.create_server(("127.0.0.1", 0))
    port.send(listening.getsockname()[1])
    while True:
        threading.Thread(target=talk, args=(listening.accept()[0],), daemon=True).start()


def measure(name, call, workers):
    with ThreadPoolExecutor(workers) as executor:
        list(executor.map(call, range(100)))
        cpu, wall = time.process_time(), time.monotonic()
        list(executor.map(call, range(CALLS)))
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    print(f"{name:>8} x{workers:<3} {cpu / CALLS * 1000:.3f} ms CPU a call, {CALLS / wall:.0f} calls/s")  # noqa: T201


def main():
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    with opened(f"http://127.0.0.1:{ours.recv()}", pool=32) as (api, _):
        adapter = api.line._adapter
        for workers in (1, 16) * 3:
            measure("adapter", lambda _: adapter.request("/networks", "POST", json=BODY).json(), workers)
            measure("ours", lambda _: api.post("/networks", BODY)["network"]["id"], workers)
    server.terminate()


if __name__ == "__main__":
    main()
