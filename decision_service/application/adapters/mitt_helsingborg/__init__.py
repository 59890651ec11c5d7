"""Mitt Helsingborg's answers (``mitt-helsingborg-v1``).

``case`` reads the envelope, ``answers`` the list of answers, ``forms`` says where each field goes, from
``formular.yaml``, ``collected`` gathers the answers, ``people`` and ``money`` put them together to an
application.
"""

from __future__ import annotations

from decision_service.application.adapters.mitt_helsingborg.case import read

__all__ = ["read"]
