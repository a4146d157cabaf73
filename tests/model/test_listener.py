from __future__ import annotations

import pytest

from provision.model.listener import read


@pytest.mark.parametrize(
    ("said", "rules", "kept"),
    [
        ({"protocol": "HTTP"}, [], True),
        ({"protocol": "HTTP", "default_pool_id": "p"}, [], False),
        ({"protocol": "HTTP"}, [{"action": "REDIRECT_TO_POOL", "redirect_pool_id": "p"}], False),
        ({"protocol": "HTTP"}, [{"action": "REDIRECT_TO_URL", "redirect_url": "http://a.example"}], False),
        ({"protocol": "HTTP"}, [{"action": "REDIRECT_TO_URL", "redirect_url": "HTTPS://a.example"}], True),
        ({"protocol": "HTTP"}, [{"action": "REJECT"}], True),
        ({"protocol": "TERMINATED_HTTPS", "default_pool_id": "p", "tls_versions": ["TLSv1.3"]}, [], True),
        ({"protocol": "TERMINATED_HTTPS", "tls_versions": ["TLSv1.2"]}, [], False),
        ({"protocol": "TERMINATED_HTTPS", "tls_versions": None}, [], False),
        ({"protocol": "HTTPS", "default_pool_id": "p"}, [], True),
    ],
)
def test_which_listeners_keep_what_is_promised_of_load_balancers(said, rules, kept):
    found = read({"id": "i", "name": "web", "protocol_port": 443, **said}, rules)
    assert (not found.plain and found.offers_only(frozenset({"TLSv1.3"}))) is kept


@pytest.mark.parametrize(
    ("cipher", "weak"),
    [
        ("TLS_AES_256_GCM_SHA384", False),
        ("ECDHE-RSA-AES256-GCM-SHA384", False),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", False),
        ("DES-CBC3-SHA", True),
        ("ECDHE-RSA-RC4-SHA", True),
        ("AES256-NULL-SHA", True),
        ("EXP-RC2-CBC-MD5", True),
        ("ADH-AES128-SHA", True),
    ],
)
def test_which_ciphers_are_weak(cipher, weak):
    body = {"id": "i", "name": "", "protocol": "TERMINATED_HTTPS", "protocol_port": 443}
    assert bool(read({**body, "tls_ciphers": f"TLS_AES_128_GCM_SHA256:{cipher}"}, ()).weak_ciphers) is weak
