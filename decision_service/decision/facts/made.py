"""How a value was made of what stands in a case: what its origin begins with where it was not copied."""

from __future__ import annotations

INFERRED, EMPTY, ASSUMED = "härlett: ", "tomt: ", "antaget: "
"""Of a value that is calculated from the fields that follow; of one that rests on lists with nothing in them;
and of one that rests on nothing, since none of the fields is filled in."""
