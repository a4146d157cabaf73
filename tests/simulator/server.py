"""The process: one port, every service under its own prefix; each call is counted, delayed, spoilt and answered here."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
import struct
import time
import traceback

import orjson
from aiohttp import web

from simulator import control
from simulator.route import Answer, Ask, Refusal, split
from simulator.services import ROUTES, cinder, keystone, nova

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
READS = frozenset({"GET", "HEAD"})
OPEN = {
    "identity": {(), ("v3",)},
    "compute": {(), ("v2.1",)},
    "network": {()},
    "volume": {(), ("v3",)},
    "image": {()},
    "key-manager": {(), ("v1",)},
    "dns": {()},
    "load-balancer": {()},
}
LOGIN = ("POST", ["v3", "auth", "tokens"])
JSON = "application/json"
HTML = b"<html><head><title>503</title></head><body><h1>The proxy says hello</h1></body></html>"
FOREVER = float("inf")


class Server:
    """Answers for one world."""

    def __init__(self, world):
        self.world = world
        self._number = 0

    async def __call__(self, request):
        """Answer one request."""
        raw = await request.read() if request.body_exists else b""
        segments, query = split(request.raw_path)
        service = segments[0]
        if service in {"_control", "_ledger"}:
            return self._control(request, segments, query, raw)
        method, path = request.method, request.raw_path.partition("?")[0]
        root = f"http://{request.headers.get('Host', '127.0.0.1')}"
        ask = Ask(
            method, path[len(service) + 1 :], query, None, request.headers, f"{root}/{service}", raw=raw
        )
        return await self._answer(request, ask, service, segments[1:], path)

    async def _answer(self, request, ask, service, segments, path):
        faults = self.world.faults
        wait = faults.too_many(service, ask.method in WRITES and not ask.path.startswith("/v3/auth/"))
        fault = None if wait is not None else faults.pick(ask.method, path)
        delay = faults.delay(service)
        if delay:
            await asyncio.sleep(delay)
        if wait is not None:
            answer = _wait(wait)
        elif fault is not None and fault.kind in _BEFORE:
            answer = _BEFORE[fault.kind](fault)
        else:
            answer = self._execute(ask, service, segments)
        if fault is not None:
            self.world.ledger.faults[fault.kind] += 1
        self._count(ask.method, answer.status if fault is None else fault.kind)
        response = self._response(answer)
        if fault is not None and fault.kind in _AFTER:
            return await _AFTER[fault.kind](request, response, fault)
        return response

    def _count(self, method, status):
        self.world.ledger.requests[method, status] += 1

    def _execute(self, ask, service, segments):
        routes = ROUTES.get(service)
        found = routes.find(ask.method, segments) if routes else None
        try:
            self._let_in(ask, service, segments)
            if found is None:
                return _nowhere(service)
            return self._called(ask, service, *found)
        except Refusal as refused:
            return refused.answer
        except Exception:  # noqa: BLE001 (a fault of the simulator's own is told, and does not end it)
            told = f"{ask.method} {service}{ask.path}\n{traceback.format_exc()}"
            self.world.ledger.broken.append(told)
            return Answer(500, {"error": {"code": 500, "message": told, "title": "Simulator"}})

    def _called(self, ask, service, function, named):
        headers = _MICROVERSIONS[service](ask.headers) if service in _MICROVERSIONS else {}
        if ask.raw and service != "object-store":
            ask.body = _json(ask.raw)
        if ask.method in READS:
            asked = f"/{service}{ask.path}?{'&'.join(ask.query)}"
            ask.horizon = self.world.faults.horizon(time.time(), asked)
        self.world.horizon = ask.horizon
        self.world.ledger.actor = ask.who.user.name if ask.who else ""
        answer = function(self.world, ask, *named)
        return answer._replace(headers={**headers, **answer.headers}) if headers else answer

    def _let_in(self, ask, service, segments):
        """Find who asks; version documents and the way to a token are open to all, and Swift decides for itself."""
        if tuple(segments) in OPEN.get(service, ()) or (
            service == "identity" and (ask.method, segments) == LOGIN
        ):
            return
        token = self.world.tokens.get(ask.headers.get("X-Auth-Token", ""))
        if token is not None and self._holds(token):
            ask.who = token
        elif service != "object-store" or ask.headers.get("X-Auth-Token"):
            raise _stranger(service, ask.at)

    def _holds(self, token):
        world = self.world
        return (
            token.until > time.time()
            and token.user.id in world.users.rows
            and token.project in world.projects.rows
        )

    def _response(self, answer):
        self._number += 1
        body = answer.body
        headers = {
            "x-openstack-request-id": f"req-{self._number:08x}-0000-4000-8000-000000000000",
            **answer.headers,
        }
        if body is None:
            body = b""
        elif type(body) is not bytes:
            body = orjson.dumps(body)
            headers.setdefault("Content-Type", JSON)
        return web.Response(status=answer.status, body=body, headers=headers)

    def _control(self, request, segments, query, raw):
        found = control.routes.find(request.method, segments)
        if found is None:
            return self._response(Answer(404, {"error": "no such control"}))
        ask = Ask(request.method, "", query, _json(raw) if raw else {}, request.headers, "")
        return self._response(found[0](self.world, ask, *found[1]))


def _json(raw):
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as wrong:
        raise Refusal(400, {"error": {"code": 400, "message": str(wrong), "title": "Bad Request"}}) from None


_MICROVERSIONS = {"compute": nova.microversion, "volume": cinder.microversion}


def _stranger(service, at):
    headers = {"WWW-Authenticate": f'Keystone uri="{at.rpartition("/")[0]}/identity/v3"'}
    return Refusal(401, keystone.unauthorized().answer.body, headers)


def _nowhere(service):
    message = "The resource could not be found."
    if service == "network":
        return Answer(404, {"NeutronError": {"type": "HTTPNotFound", "message": message, "detail": ""}})
    return Answer(404, {"message": message, "code": "404 Not Found", "title": "Not Found"})


def _wait(seconds):
    said = {"overLimit": {"code": 429, "message": "This request was rate-limited.", "retryAfter": seconds}}
    return Answer(429, said, {"Retry-After": seconds})


def _unavailable(fault):
    return Answer(
        503, b"<html><body><h1>503 Service Unavailable</h1></body></html>", {"Content-Type": "text/html"}
    )


_BEFORE = {
    "503": _unavailable,
    "429": lambda fault: _wait(str(fault.retry_after)),
    "403": lambda fault: Answer(
        403, {"error": {"code": 403, "message": "Policy does not allow this.", "title": "Forbidden"}}
    ),
    "html": lambda fault: Answer(200, HTML, {"Content-Type": "text/html"}),
}


async def _reset(request, response, fault):
    """Reset the connection: not a polite end, but what a dead middlebox does."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return response


async def _hang(request, response, fault):
    await asyncio.sleep(fault.hold)
    return await _reset(request, response, fault)


async def _gateway(request, response, fault):
    text = b"<html><body><h1>504 Gateway Time-out</h1></body></html>"
    return web.Response(status=504, body=text, headers={"Content-Type": "text/html"})


async def _slow(request, response, fault):
    """Send the body a byte at a time, so that it lasts `hold` seconds."""
    body = response.body or b" "
    headers = {**response.headers, "Content-Length": str(len(body))}
    dripping = web.StreamResponse(status=response.status, headers=headers)
    with contextlib.suppress(ConnectionError):
        await dripping.prepare(request)
        for position in range(len(body)):
            await asyncio.sleep(fault.hold / len(body))
            await dripping.write(body[position : position + 1])
    return dripping


async def _truncated(request, response, fault):
    body = response.body or b""
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    return web.Response(status=response.status, body=body[: len(body) // 2], headers=headers)


_AFTER = {"reset": _reset, "hang": _hang, "504": _gateway, "slow": _slow, "truncated": _truncated}


async def serve(world, port, ready, ending):
    """Serve on loopback until `ending` is set; `ready` is told the port."""
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
    runner = web.ServerRunner(web.Server(Server(world), keepalive_timeout=3600.0, access_log=None))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024, shutdown_timeout=0.1)
    await site.start()
    ready(site._server.sockets[0].getsockname()[1])
    await ending.wait()
    await runner.cleanup()
