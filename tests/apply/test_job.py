import pickle

import pytest
from requests import ConnectionError as NoConnection
from requests import Request
from written import ESTATE, tenant

from provision import declare, draft
from provision.apply.job import CONNECTIONS, Job, bring, failed
from provision.cloud.connect import connect
from provision.cloud.ids import Ids, Known
from provision.errors import (
    CloudError,
    Conflict,
    DocumentErrors,
    Mistake,
    ProvisionError,
    UnknownOutcome,
    UsageError,
)
from provision.model.address import Address
from provision.model.outcome import Status
from provision.model.plan import Action
from provision.text import say
