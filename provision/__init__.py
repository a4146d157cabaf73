"""`provision` takes tenants aboard an OpenStack cloud, from a profile to proof.

The road is one sentence: a profile becomes a tenant, a tenant becomes desired resources, the cloud is
observed into the same shapes, a pure function compares the two into a plan, and apply walks that plan.
`provision.workflow` has one function a verb; `provision.kind` is the page to read first.
"""

__version__ = "0.1.0"
