"""For all tests: a property must hold however slow the computer is that looks for a counterexample."""

from hypothesis import HealthCheck, settings

settings.register_profile("sayso", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sayso")
