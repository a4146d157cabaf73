"""The services of the control plane, in the order their start costs most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.sandbox import (
    barbican,
    cinder,
    designate,
    glance,
    keystone,
    neutron,
    nova,
    octavia,
    placement,
    swift,
)

if TYPE_CHECKING:
    from provision.sandbox.recipe import Recipe
    from provision.sandbox.site import Site

RECIPES = (
    keystone.RECIPE,
    nova.RECIPE,
    neutron.RECIPE,
    cinder.RECIPE,
    swift.RECIPE,
    barbican.RECIPE,
    placement.RECIPE,
    glance.RECIPE,
)
MORE = (octavia.RECIPE, designate.RECIPE)
"""What a sandbox has only when it was asked for."""


def chosen(site: Site) -> tuple[Recipe, ...]:
    """Return the services of a sandbox: those that all have, and what it was asked for besides."""
    return (*RECIPES, *(recipe for recipe in MORE if recipe.catalogue in site.more))
