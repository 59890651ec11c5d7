"""What is behind the API: the service that a request came to, and its office."""

from __future__ import annotations

from fastapi import Request

from decision_service.casework.office import Office
from decision_service.service import Service


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service


def office_of(request: Request) -> Office:
    """The office of that service."""
    return service_of(request).office
