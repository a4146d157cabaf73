"""Connect to a cloud by its name in clouds.yaml or by OS_* variables."""

from __future__ import annotations

import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import yaml
from keystoneauth1 import exceptions as ksa
from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from provision.cloud import swift_info, translate
from provision.cloud.api import Api
from provision.cloud.ids import Ids
from provision.cloud.line import Line
from provision.cloud.sdk import CONFIG_FILES, SERVICES, Connection, OpenStackConfig
from provision.cloud.sdk import exceptions as sdk
from provision.cloud.shared import Shared
from provision.cloud.token import Token
from provision.cloud.wire import READ_TIME, Wire
from provision.errors import Unreachable, UsageError
from provision.model.marker import Owner
from provision.text import same, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keystoneauth1.access.access import AccessInfo
    from openstack.config.cloud_region import CloudRegion

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

CLOUDS_FILE: Final = "OS_CLIENT_CONFIG_FILE"
CLOUD_VARIABLES: Final = frozenset({"OS_CLOUD", "OS_AUTH_URL"})
MICROVERSIONS: Final = {"compute": "2.79", "block-storage": "3.62"}


@dataclass(frozen=True)
class Cloud:
    """One cloud, connected: services as `Api`s, ids seen, shared catalogue, ownership marks, request counts."""

    name: str
    connection: Connection
    wire: Wire
    whose: Callable[[], Owner]
    workers: int
    token: Token
    ids: Ids = field(default_factory=Ids, init=False, repr=False, compare=False)
    shared: Shared = field(init=False, repr=False, compare=False)
    opening: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)
    _apis: dict[str, Api] = field(default_factory=dict, init=False, repr=False, compare=False)
    _elsewhere: Counter[tuple[str, str]] = field(
        default_factory=Counter, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Make what threads fill together before there are any: a cached property has no lock from Python 3.12 on."""
        object.__setattr__(self, "shared", Shared(self.api, lambda: self.project))

    @cached_property
    def owner(self) -> Owner:
        """Return whose marks we leave."""
        return self.whose()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.workers, thread_name_prefix="cloud")

    @cached_property
    def catalogue(self) -> Mapping[str, str]:
        """Return the public or configured endpoint of each service type in the token's catalogue."""
        config = self.connection.config
        interface = config.get_interface("identity") or "public"
        try:
            access = self._access()
        except ksa.ClientException as error:
            raise translate.exception(error, self.name) from error
        except sdk.SDKException as error:
            raise UsageError(same(str(error)), where=self.name) from error
        endpoints = access.service_catalog.get_endpoints_data(
            interface=interface, region_name=config.get_region_name("identity")
        )
        return {service: data[0].url for service, data in endpoints.items() if data and data[0].url}

    @cached_property
    def services(self) -> frozenset[str]:
        """Return the services this cloud has, under their official type names."""
        return frozenset(self._endpoints)

    def _access(self) -> AccessInfo:
        auth = self.connection.config.get_auth()
        if not isinstance(auth, BaseIdentityPlugin):
            raise UsageError(
                say("this cloud is configured without Keystone", "ce cloud est configuré sans Keystone"),
                where=self.name,
            )
        return auth.get_access(self.connection.session)

    def _endpoint(self, service: str) -> str | None:
        return self._endpoints.get(service)

    @cached_property
    def _endpoints(self) -> Mapping[str, str]:
        """Return the endpoint of each service that is there, under its official type name or an alias of it."""
        found = ((name, alias) for name in SERVICES for alias in reversed(self._aliases(name)))
        return {name: self.catalogue[alias] for name, alias in found if alias in self.catalogue}

    def _aliases(self, service: str) -> tuple[str, ...]:
        from os_service_types import ServiceTypes  # noqa: PLC0415 (comes with the SDK, only needed once connected)

        return (service, *ServiceTypes().get_all_types(service))

    def api(self, service: str) -> Api:
        """Return a service of the catalogue. Raises `ServiceAbsent`."""
        known = self._apis.get(service)
        return self._opened(service) if known is None else known

    def _opened(self, service: str) -> Api:
        """Remember a service's line, opened once: the SDK makes its proxies without a lock."""
        with self.opening:
            if service not in self._apis:
                if self._endpoint(service) is None:
                    raise translate.absent(service)
                adapter = self._proxy(service)
                line = Line(service, adapter, self.wire, self.token)
                self._apis[service] = Api(line, MICROVERSIONS.get(service))
            return self._apis[service]

    def _proxy(self, service: str) -> Any:  # noqa: ANN401 (the SDK's, of any service)
        """Have the SDK find out what a service can do. Raises `Unreachable` where it does not say."""
        try:
            return self.connection.adapter(service)
        except sdk.SDKException as error:
            raise Unreachable(same(str(error)), where=service) from error

    def lent(self, service: str, *, user: str, password: str, project: str) -> Api:
        """Return a service as somebody else asks it who works in a project, over our own wire.

        Where our endpoint has our project in it, theirs has theirs.
        """
        ours, line = self.connection.session, self.api(service).line
        auth = Password(self.identity.line.root, user_id=user, password=password, project_id=project)
        session = Session(auth, ours.session, verify=ours.verify, cert=ours.cert, timeout=ours.timeout)
        endpoint = line.root.replace(self.project, project) if self.project else line.root
        return Api(line.lent(Token(session)), MICROVERSIONS.get(service), endpoint)

    @property
    def identity(self) -> Api:
        """Keystone."""
        return self.api("identity")

    @property
    def compute(self) -> Api:
        """Nova."""
        return self.api("compute")

    @property
    def network(self) -> Api:
        """Neutron."""
        return self.api("network")

    @property
    def volume(self) -> Api:
        """Cinder."""
        return self.api("block-storage")

    @property
    def project(self) -> str | None:
        """Return the id of the project we are scoped to ourselves, if any."""
        return self._access().project_id

    def address(self, service: str) -> str:
        """Return the endpoint of a service. Raises `ServiceAbsent`."""
        found = self._endpoint(service)
        if found is None:
            raise translate.absent(service)
        return found

    @cached_property
    def encrypts_objects(self) -> bool:
        """Tell whether Swift encrypts what it keeps, asked once a run. Raises `swift_info.Untold`."""
        return swift_info.encrypts(self)

    @property
    def user(self) -> str:
        """Return the id of the user we are."""
        return str(self._access().user_id)

    @property
    def user_domain(self) -> str:
        """Return the id of the domain that the user we are stands in."""
        return str(self._access().user_domain_id)

    @property
    def roles(self) -> frozenset[str]:
        """Return the names of the roles that our token carries, implied ones included."""
        return frozenset(self._access().role_names or ())

    def names_of(self, service: str) -> tuple[str, ...]:
        """Return what the catalogue calls a service, which may be several names (``block-storage``, ``volumev3``)."""
        return tuple(alias for alias in self._aliases(service) if alias in self.catalogue)

    def account(self, project: str) -> Api:
        """Return Swift at the account of a project, whatever project we are scoped to."""
        before, after = self._own_account
        return self.api("object-store").at(endpoint=f"{before}{project}{after}")

    @cached_property
    def _own_account(self) -> tuple[str, str]:
        """Return what stands before and after the project's id in the address of our own account."""
        before, _, after = self.address("object-store").partition(str(self.project))
        return before, after

    def each(self, ask: Callable[[ItemT], ResultT], items: Iterable[ItemT]) -> Iterator[ResultT]:
        """Ask about many items concurrently; answers come in the items' order, the first error is raised."""
        return self._pool.map(ask, items)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Allow writes inside this block; outside of it the session only reads."""
        self.wire.writable = True
        try:
            yield
        finally:
            self.wire.writable = False

    def hurry(self) -> None:
        """Have nothing wait or be tried again from now on: the run was asked to stop."""
        self.wire.hurry.set()

    def requests(self) -> dict[str, dict[str, int]]:
        """Return how many requests were sent so far, by service and method; discovery and tokens are counted with theirs."""
        return _by_service(self._counted(self.wire.sent()) + self._elsewhere)

    def requests_since(self) -> dict[str, dict[str, int]]:
        """Return how many were sent since this was last asked, and count anew: for a process that reports to another."""
        return _by_service(self._counted(self.wire.drain()))

    def count(self, requests: Mapping[str, Mapping[str, int]]) -> None:
        """Count what another process sent for us."""
        self._elsewhere.update(
            {(service, method): times for service, sent in requests.items() for method, times in sent.items()}
        )

    def _counted(self, sent: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
        counted: Counter[tuple[str, str]] = Counter()
        for (name, method), times in sent.items():
            counted[name if name in SERVICES else self._service_of(name), method] += times
        return counted

    def _service_of(self, url: str) -> str:
        def shared_length(endpoint: str) -> int:
            return next(
                (
                    index
                    for index, (left, right) in enumerate(zip(endpoint, url, strict=False))
                    if left != right
                ),
                min(len(endpoint), len(url)),
            )

        if url.split("?", maxsplit=1)[0].endswith("/auth/tokens"):
            return "identity"
        official = {name: self._endpoint(name) for name in sorted(self.services)}
        best = max(
            ((shared_length(endpoint), name) for name, endpoint in official.items() if endpoint),
            default=(0, "other"),
        )
        return best[1]

    def close(self) -> None:
        """End the threads and the connections."""
        if "_pool" in self.__dict__:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self.connection.close()


def _by_service(counted: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (service, method), times in sorted(counted.items()):
        found.setdefault(service, {})[method] = times
    return found


def connect(
    name: str | None,
    *,
    estate: str | Owner | Callable[[], Owner],
    fallback: str | None = None,
    workers: int = 16,
) -> Cloud:
    """Connect, over a session that only reads until `Cloud.writing` says otherwise.

    `name` is a cloud of clouds.yaml (None: ``OS_CLOUD`` or OS_* variables, else `fallback`); `estate` is whose marks we
    leave, or tells it once it is known.
    Nothing is sent before the first question. Raises `UsageError` for an unknown name, `CredentialsRefused`, `Unreachable`.
    """
    if name is None and not CLOUD_VARIABLES & os.environ.keys():
        name = fallback
    try:
        region = OpenStackConfig(load_yaml_config=True).get_one(cloud=name)
        region.get_session()
    except (sdk.SDKException, ksa.ClientException) as error:
        raise _unread() or _unnamed(name, error) from error
    owner = Owner(estate) if isinstance(estate, str) else estate
    whose = (lambda: owner) if isinstance(owner, Owner) else owner
    return _open(name or region.name or "envvars", region, whose, workers)


def _unread() -> UsageError | None:
    """Return what is wrong with a file of clouds that does not read: the SDK passes over it without a word."""
    for path in filter(os.path.exists, (os.environ.get(CLOUDS_FILE, ""), *CONFIG_FILES)):
        try:
            yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            mark = getattr(error, "problem_mark", None)
            why = getattr(error, "problem", None) or getattr(error, "strerror", None) or error
            return UsageError(
                say(
                    "this file of clouds does not read: {why}",
                    "ce fichier de clouds ne se lit pas : {why}",
                    why=why,
                ),
                where=f"{path}:{mark.line + 1}" if mark else path,
                do=say(
                    "mend it, or name another one with {variable}",
                    "le corriger, ou en nommer un autre avec {variable}",
                    variable=CLOUDS_FILE,
                ),
            )
    return None


def _unnamed(name: str | None, error: Exception) -> UsageError:
    return UsageError(
        same(str(error)),
        where=name or "OS_CLOUD",
        do=say(
            "name a cloud of clouds.yaml with --cloud or OS_CLOUD",
            "nommer un cloud de clouds.yaml avec --cloud ou OS_CLOUD",
        ),
    )


def _open(name: str, region: CloudRegion, whose: Callable[[], Owner], workers: int) -> Cloud:
    session = region.get_session()
    wire = Wire(pool=workers * 2, read_time=session.timeout or READ_TIME)
    session.session.mount("http://", wire)
    session.session.mount("https://", wire)
    return Cloud(name, Connection(name, region, session), wire, whose, workers, Token(session))


def reconnect(
    cloud: Cloud, *, user: str, password: str, project: str | None = None, domain: str | None = None
) -> Cloud:
    """Connect to the same cloud as somebody else: a user's id and password, scoped to a project's or a domain's id; may write."""
    ours = cloud.connection.config
    scope = {"project_id": project} if project else {"domain_id": domain}
    region = OpenStackConfig(load_yaml_config=False, load_envvars=False).get_one(
        auth_type="password",
        auth={
            "auth_url": ours.get_auth_args()["auth_url"],
            "user_id": user,
            "password": password,
            **scope,
        },
        region_name=ours.get_region_name("identity"),
        interface=ours.get_interface("identity"),
        verify=ours.get_requests_verify_args()[0],
        identity_api_version="3",
    )
    guest = _open(f"{cloud.name} ({user})", region, lambda: cloud.owner, workers=1)
    guest.wire.writable = True
    guest.wire.fence = cloud.wire.fence
    return guest
