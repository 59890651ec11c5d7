"""What is kept as JSON has the fields of the models that wrote it, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from decision_service.application import case_file, form, kept

KEPT: dict[Any, type[BaseModel]] = {
    kept.AddressJson: form.Address,
    kept.PersonJson: case_file.Person,
    kept.ChildJson: form.Child,
    kept.AdultJson: form.AdultAnswers,
    kept.IncomeJson: form.Income,
    kept.CostJson: form.Cost,
    kept.FormJson: form.Application,
    kept.AssumedJson: case_file.Assumed,
    kept.AddedJson: case_file.Added,
    kept.ContentJson: case_file.CaseFile,
    kept.PaymentDecidedJson: case_file.CountedPayment,
    kept.MonthJson: case_file.MonthDecided,
    kept.ActivityOfJson: case_file.AdultsActivity,
    kept.PlanJson: case_file.Plan,
    kept.SessionJson: case_file.AttendedSession,
    kept.AnswerJson: case_file.CaseAnswer,
    kept.ElsewhereJson: case_file.Elsewhere,
    kept.CaseJson: case_file.CaseFile,
}


def fields(model: type[BaseModel]) -> set[str]:
    """The fields of a model as they stand in JSON."""
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize("json", KEPT, ids=lambda json: json.__name__)
def test_what_is_read_in_kept_json_is_a_field_of_the_model(json: Any) -> None:
    assert json.__annotations__.keys() <= fields(KEPT[json])


def test_a_case_file_is_kept_whole() -> None:
    assert kept.CaseJson.__annotations__.keys() == fields(case_file.CaseFile)
