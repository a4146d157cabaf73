"""The services of the control plane, in the order their start costs most."""

from __future__ import annotations

from provision.sandbox import barbican, cinder, glance, keystone, neutron, nova, placement, swift

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
