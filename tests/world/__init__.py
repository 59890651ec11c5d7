"""What tests live in: people, their applications, an installation, an office, and a service with its clients.

A wing that stands without the service has a small world of its own (``tests/audit/world.py``,
``tests/rules/generated.py``), so that its tests go with it.
"""
