"""What colours of planners' maps mean: classes that have areas, and differences without a judgement where none is."""

import numpy as np
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from mapapp.coverage.bench import Outcome
from mapapp.web.planner.bench_map import bench_map
from mapapp.web.planner.choropleth import classified
from mapapp.web.planner.diverging import differences

figures = st.lists(st.one_of(st.none(), st.integers(0, 9).map(float)), max_size=12)


def outcome(before: list[float], after: list[float]) -> Outcome:
    then, now = np.array(before), np.array(after)
    nobody = np.zeros(len(before))
    return Outcome({"places": then}, {"places": now}, {}, {}, nobody, nobody, ())


@given(values=figures, way=st.sampled_from(("quantiles", "natural")))
def test_no_class_is_empty(values: list[float | None], way: str) -> None:
    classes = classified(values, way)
    assert (classes.counts > 0).all()
    assert classes.counts.sum() == sum(value is not None for value in values)
    assert len(classes.upper) <= len({value for value in values if value is not None})


def test_the_legend_of_a_scenario_has_no_class_without_areas(app: Flask) -> None:
    """Six subregions in five classes of today; two of them rise out of theirs, one above all there were."""
    with app.test_request_context("/"):
        drawn = bench_map(outcome([10, 20, 30, 40, 50, 60], [10, 20, 50, 50, 50, 75]), "places", "after")
    assert [(step.text, step.areas) for step in drawn.steps] == [("10 – 20", 2), ("50", 3), ("60 – 75", 1)]
    assert sum(step.areas for step in drawn.steps) == len(drawn.colours)
    assert {step.colour for step in drawn.steps} == set(drawn.colours)


def test_a_colour_means_the_same_before_and_after(app: Flask) -> None:
    today = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
    with app.test_request_context("/"):
        before = bench_map(outcome(today, today), "places", "after")
        after = bench_map(outcome(today, [60.0, *today[1:]]), "places", "after")
    assert after.colours == (before.colours[-1], *before.colours[1:])


def test_differences_of_what_is_neither_better_nor_worse_are_more_and_less(app: Flask) -> None:
    change = np.array([-10.0, 0.0, 2.0, np.nan])
    with app.test_request_context("/"):
        neutral, fewer = differences("target_people", change), differences("beyond_people", change)
    assert neutral.colours == ("worse-2", "same", "better-1", "none")
    assert [step.text.split(" o ")[0] for step in neutral.steps] == ["więcej", "bez zmian", "mniej", "brak wartości"]
    assert fewer.colours == ("better-2", "same", "worse-1", "none")
    assert [step.text.split(" o ")[0] for step in fewer.steps][::2] == ["poprawa", "pogorszenie"]
