"""Figures as Prometheus reads them."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from decision_service.operations.metrics import Metrics, Readings


def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by name and the values of its labels in alphabetical order."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_readings_replace_those_before() -> None:
    metrics = Metrics()
    metrics.refresh(
        Readings(
            oldest_undecided={"9999": 7200.0, "1287": 60.0},
            undecided={("9999", "hos_handlaggare"): 3},
            breached={"9999": 1},
            audit_entries={"9999": 10},
            audit_verified={"9999": True, "1287": False},
            outbox_waiting=4,
            outbox_oldest=30.0,
        )
    )
    found = samples(metrics)
    assert found[("lagrum_oldest_undecided_seconds", ("9999",))] == 7200
    assert found[("lagrum_undecided", ("9999", "hos_handlaggare"))] == 3
    assert found[("lagrum_breached", ("9999",))] == 1
    assert found[("lagrum_audit_entries", ("9999",))] == 10
    assert found[("lagrum_audit_verified", ("9999",))] == 1
    assert found[("lagrum_audit_verified", ("1287",))] == 0
    assert found[("lagrum_outbox_waiting", ())] == 4
    assert found[("lagrum_outbox_oldest_seconds", ())] == 30
    metrics.refresh(Readings(oldest_undecided={"1287": 61.0}))
    found = samples(metrics)
    assert ("lagrum_oldest_undecided_seconds", ("9999",)) not in found
    assert found[("lagrum_oldest_undecided_seconds", ("1287",))] == 61
    assert found[("lagrum_outbox_waiting", ())] == 0


def test_what_a_process_did_is_counted() -> None:
    metrics = Metrics()
    metrics.decided("9999", "BIFALL", "", automatic=True, margin=86_300.0)
    metrics.decided("9999", "BIFALL", "", automatic=True, margin=-10.0)
    metrics.decided("9999", "AVSLAG", "NORMÖVERSKOTT", automatic=False, margin=3000.0)
    metrics.disagreed("9999")
    metrics.crashed()
    metrics.answered("GET", "/v1/{kommunkod}/rules", 200, 0.02)
    found = samples(metrics)
    assert found[("lagrum_decisions_total", ("yes", "9999", "BIFALL", ""))] == 2
    assert found[("lagrum_decisions_total", ("no", "9999", "AVSLAG", "NORMÖVERSKOTT"))] == 1
    assert found[("lagrum_deadline_margin_seconds_bucket", ("9999", "0.0"))] == 1
    assert found[("lagrum_deadline_margin_seconds_bucket", ("9999", "3600.0"))] == 2
    assert found[("lagrum_deadline_margin_seconds_count", ("9999",))] == 3
    assert found[("lagrum_engine_disagreements_total", ("9999",))] == 1
    assert found[("lagrum_evaluator_crashes_total", ())] == 1
    assert found[("lagrum_http_seconds_count", ("GET", "/v1/{kommunkod}/rules", "200"))] == 1


def test_a_worker_shows_its_figures_at_a_port_of_its_own() -> None:
    metrics = Metrics()
    metrics.crashed()
    server, thread = metrics.serve("127.0.0.1", 0)
    try:
        answer = httpx.get(f"http://127.0.0.1:{server.server_port}/metrics")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert "lagrum_evaluator_crashes_total 1.0" in answer.text
