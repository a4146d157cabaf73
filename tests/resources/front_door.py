"""The sandbox's own Keystone, asked as if behind a web server that has just heard an identity provider.

What is faked is that web server alone: a module of it (mod_auth_openidc, Mellon, Shibboleth) speaks the protocol and puts
what it heard into variables of the request. Here the variables are said outright. Mapping, people, groups, tokens: Keystone's.

Reads one JSON object a line, answers with one: {provider, protocol, said: {VARIABLE: value}} comes in by that protocol;
{rules, said} asks Keystone's mapping engine alone.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")


def main(config):
    from keystone.server.flask import core  # noqa: PLC0415

    application = core.initialize_application(name="public", config_files=[config])
    logging.disable(logging.CRITICAL)
    _say("open")
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _mapped(asked) if "rules" in asked else _entered(application, asked)
        _say(answer)


def _say(answer):
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


def _entered(application, asked):
    from werkzeug.test import Client  # noqa: PLC0415

    path = f"/v3/OS-FEDERATION/identity_providers/{asked['provider']}/protocols/{asked['protocol']}/auth"
    answer = Client(application).get(path, environ_overrides=asked["said"])
    token = (answer.get_json(silent=True) or {}).get("token", {})
    return {
        "status": answer.status_code,
        "token": answer.headers.get("X-Subject-Token"),
        "user": token.get("user", {}).get("id"),
    }


def _mapped(asked):
    from keystone.exception import Error  # noqa: PLC0415
    from keystone.federation import utils  # noqa: PLC0415

    mapping = {"id": "asked", "rules": asked["rules"], "schema_version": asked.get("version", "1.0")}
    try:
        found = utils.create_attribute_mapping_rules_processor(mapping).process(asked["said"])
    except Error as error:
        return {"refused": type(error).__name__}
    return {
        "user": found["user"],
        "groups": sorted(f"{g['name']}@{g['domain']['name']}" for g in found["group_names"]),
    }


if __name__ == "__main__":
    main(sys.argv.pop())  # Keystone would read it too
