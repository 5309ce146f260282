"""Laws of durations: how long things take, as a tagged union written ``{lognormal: {mean: 6 min, cv: 1}}``.

A law states its own parameters in seconds and knows its mean and coefficient of variation; how a
random number becomes a duration is the simulator's business (:mod:`sim.luck`).
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    WithJsonSchema,
    model_validator,
)

from scenarios.errors import Refused
from scenarios.units import Factor, Seconds, Share, quantity


def _positive(seconds: float) -> float:
    if seconds == 0:
        raise Refused("a mean above 0 s", 'write "0 s" instead of the law if it always takes no time')
    return seconds


Mean = Annotated[Seconds, AfterValidator(_positive)]
"""The mean of a law that is spread out, above 0 s."""

Weight = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
"""How often a value was observed, up to a common factor."""


class Law(BaseModel):
    """What every law has: an optional mass at zero and optional truncation.

    ``zero`` is the probability of exactly 0 s; otherwise the law holds, conditioned on lying between
    ``at_least`` and ``at_most`` where these are given. ``mean_seconds`` and ``cv`` are those of the
    law before truncation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    tag: ClassVar[str]

    zero: Share = quantity(0.0, title="Mass at zero", help="Probability of exactly 0 s.")
    at_least: Seconds | None = quantity(None, title="At least", unit="s", help="Lower truncation.")
    at_most: Seconds | None = quantity(None, title="At most", unit="s", help="Upper truncation.")

    @property
    def law_mean(self) -> float:
        """Mean in seconds of the law itself (no mass at zero, no truncation)."""
        raise NotImplementedError

    @property
    def law_cv(self) -> float:
        """Coefficient of variation of the law itself."""
        raise NotImplementedError

    @property
    def support(self) -> tuple[float, float]:
        """Shortest and longest duration in seconds that the law itself can give."""
        return 0.0, math.inf

    @property
    def mean_seconds(self) -> float:
        """Mean in seconds, the mass at zero included."""
        return (1.0 - self.zero) * self.law_mean

    @model_validator(mode="after")
    def _truncation_is_ordered(self) -> Law:
        if self.at_least is not None and self.at_most is not None and self.at_least >= self.at_most:
            raise Refused("at_least below at_most", "swap them, or leave one out")
        shortest, longest = self.support
        if (self.at_least or 0.0) > longest or (self.at_most is not None and self.at_most < shortest):
            raise Refused(
                f"truncation that leaves some of the law, which gives {shortest:g} s to {longest:g} s",
                "widen at_least or at_most",
            )
        return self


class Exponential(Law):
    """Memoryless, by its mean."""

    tag: ClassVar[str] = "exponential"
    mean: Mean = quantity(title="Mean", unit="s")

    @property
    def law_mean(self) -> float:
        """As given."""
        return self.mean

    @property
    def law_cv(self) -> float:
        """Always 1."""
        return 1.0


class MeanAndCv(Law):
    """A law by its own mean and coefficient of variation."""

    mean: Mean = quantity(title="Mean", unit="s")
    cv: Factor = quantity(1.0, title="Coefficient of variation", help="Standard deviation / mean.")

    @property
    def law_mean(self) -> float:
        """As given."""
        return self.mean

    @property
    def law_cv(self) -> float:
        """As given."""
        return self.cv


class Lognormal(MeanAndCv):
    """Lognormal, by its own mean and coefficient of variation (not those of its logarithm)."""

    tag: ClassVar[str] = "lognormal"


class Gamma(MeanAndCv):
    """Gamma, by mean and coefficient of variation: shape 1/cv², scale mean·cv²."""

    tag: ClassVar[str] = "gamma"


class Erlang(Law):
    """Erlang: the sum of ``phases`` equal exponential phases, by the mean of the whole."""

    tag: ClassVar[str] = "erlang"
    mean: Mean = quantity(title="Mean", unit="s")
    phases: Annotated[int, Field(ge=1, le=1000)] = quantity(
        2, title="Phases", validation_alias=AliasChoices("phases", "k", "shape")
    )

    @property
    def law_mean(self) -> float:
        """As given."""
        return self.mean

    @property
    def law_cv(self) -> float:
        """1 / √phases."""
        return 1.0 / math.sqrt(self.phases)


class Weibull(Law):
    """Weibull, by its mean and shape (shape 1 is exponential)."""

    tag: ClassVar[str] = "weibull"
    mean: Mean = quantity(title="Mean", unit="s")
    shape: Annotated[float, Field(ge=0.05, le=100, allow_inf_nan=False)] = quantity(
        1.0, title="Shape", validation_alias=AliasChoices("shape", "c")
    )

    @property
    def law_mean(self) -> float:
        """As given."""
        return self.mean

    @property
    def scale(self) -> float:
        """Scale in seconds: mean / Γ(1 + 1/shape)."""
        return self.mean / math.gamma(1.0 + 1.0 / self.shape)

    @property
    def law_cv(self) -> float:
        """√(Γ(1 + 2/shape) / Γ(1 + 1/shape)² − 1)."""
        first = math.gamma(1.0 + 1.0 / self.shape)
        return math.sqrt(max(0.0, math.gamma(1.0 + 2.0 / self.shape) / first**2 - 1.0))


class Uniform(Law):
    """Uniform between ``low`` and ``high``."""

    tag: ClassVar[str] = "uniform"
    low: Seconds = quantity(0.0, title="Low", unit="s")
    high: Seconds = quantity(title="High", unit="s")

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.low > self.high:
            raise Refused("low that is not above high", "swap them")
        return self

    @property
    def support(self) -> tuple[float, float]:
        """From low to high."""
        return self.low, self.high

    @property
    def law_mean(self) -> float:
        """(low + high) / 2."""
        return (self.low + self.high) / 2.0

    @property
    def law_cv(self) -> float:
        """(high − low) / √12, over the mean."""
        return 0.0 if self.high == 0 else (self.high - self.low) / math.sqrt(12.0) / self.law_mean


class Triangular(Law):
    """Triangular from ``low`` over ``mode`` to ``high``."""

    tag: ClassVar[str] = "triangular"
    low: Seconds = quantity(0.0, title="Low", unit="s")
    mode: Seconds = quantity(title="Mode", unit="s")
    high: Seconds = quantity(title="High", unit="s")

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise Refused("low, mode and high in that order, and low below high", "put them in order")
        return self

    @property
    def support(self) -> tuple[float, float]:
        """From low to high."""
        return self.low, self.high

    @property
    def law_mean(self) -> float:
        """(low + mode + high) / 3."""
        return (self.low + self.mode + self.high) / 3.0

    @property
    def law_cv(self) -> float:
        """Standard deviation √((a² + b² + c² − ab − ac − bc) / 18), over the mean."""
        a, c, b = self.low, self.mode, self.high
        return math.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18.0) / self.law_mean


class Deterministic(Law):
    """Always the same."""

    tag: ClassVar[str] = "deterministic"
    value: Seconds = quantity(title="Value", unit="s", validation_alias=AliasChoices("value", "mean"))

    @property
    def support(self) -> tuple[float, float]:
        """The value alone."""
        return self.value, self.value

    @property
    def law_mean(self) -> float:
        """The value."""
        return self.value

    @property
    def law_cv(self) -> float:
        """Always 0."""
        return 0.0


class Empirical(Law):
    """Observed durations, each as likely as its weight (equal weights when none are given)."""

    tag: ClassVar[str] = "empirical"
    values: tuple[Seconds, ...] = quantity(title="Values", unit="s", min_length=1, max_length=100_000)
    weights: tuple[Weight, ...] | None = quantity(None, title="Weights")

    @model_validator(mode="after")
    def _weights_match(self) -> Empirical:
        if self.weights is not None:
            if len(self.weights) != len(self.values):
                raise Refused(
                    "as many weights as values",
                    f"give {len(self.values)} weights ({len(self.weights)} are given), or leave them out",
                )
            if math.fsum(self.weights) <= 0:
                raise Refused("weights that are not all 0", "give one of them a positive weight")
        return self

    def _shares(self) -> list[float]:
        weights = self.weights or (1.0,) * len(self.values)
        total = math.fsum(weights)
        return [weight / total for weight in weights]

    @property
    def support(self) -> tuple[float, float]:
        """From the shortest to the longest value."""
        return min(self.values), max(self.values)

    @property
    def law_mean(self) -> float:
        """Weighted mean of the values."""
        return math.fsum(v * p for v, p in zip(self.values, self._shares(), strict=True))

    @property
    def law_cv(self) -> float:
        """Weighted standard deviation of the values, over their mean."""
        mean = self.law_mean
        second = math.fsum(v * v * p for v, p in zip(self.values, self._shares(), strict=True))
        return math.sqrt(max(0.0, second - mean * mean)) / mean if mean > 0 else 0.0


class Unlimited(Law):
    """Never: as a patience, customers who wait until they are served. Written ``unlimited``."""

    tag: ClassVar[str] = "unlimited"

    @property
    def support(self) -> tuple[float, float]:
        """Endless."""
        return math.inf, math.inf

    @property
    def law_mean(self) -> float:
        """Infinite."""
        return math.inf

    @property
    def law_cv(self) -> float:
        """Always 0."""
        return 0.0


LAWS: dict[str, type[Law]] = {
    law.tag: law
    for law in (
        Exponential, Lognormal, Gamma, Erlang, Weibull, Uniform, Triangular,
        Deterministic, Empirical, Unlimited,
    )
}  # fmt: skip
"""Every law by the name it is written with."""

_PARAMETERS = frozenset(name for law in LAWS.values() for name in law.model_fields)


def names_law(value: Mapping[Any, Any]) -> bool:
    """Whether a mapping names a law; no part of a scenario may have a law's name."""
    return any(key in LAWS for key in value)


def looks_like_law(value: Mapping[Any, Any]) -> bool:
    """Whether a mapping is meant as one law rather than as a law for each intent.

    It names a law, or it has one entry that holds the parameters of a law (a misspelt name).
    """
    if names_law(value):
        return True
    bodies = list(value.values())
    return (
        len(bodies) == 1 and isinstance(bodies[0], Mapping) and bool(_PARAMETERS & set(map(str, bodies[0])))
    )


_UNLIMITED_WORDS = {"unlimited", "infinite", "inf", ".inf", "never", "none"}


def parse_law(value: object) -> Law:
    """Read a law: a mapping with one law's name, or a bare duration, which is deterministic."""
    if isinstance(value, Law):
        return value
    if isinstance(value, str) and value.strip().lower() in _UNLIMITED_WORDS:
        return Unlimited()
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return Deterministic.model_validate({"value": value})
    names = f"a law of durations: {', '.join(LAWS)}, or a plain duration"
    if not isinstance(value, Mapping) or len(value) != 1:
        raise Refused(names, "write one law, like {lognormal: {mean: 6 min, cv: 1}}")
    ((name, body),) = value.items()
    if name not in LAWS:
        near = difflib.get_close_matches(str(name), LAWS, 1)
        raise Refused(names, f"write {near[0]}" if near else "write one of these names")
    if isinstance(body, Mapping):
        return LAWS[name].model_validate(dict(body))
    if name in _ONE_NUMBER:
        return LAWS[name].model_validate({"mean": body})
    raise Refused(f"the parameters of {name}", f"write {{{name}: {{mean: 6 min}}}}, with its own parameters")


def dump_law(law: Law, *, complete: bool = False) -> Any:
    """The written form of a law: ``{"lognormal": {"mean": "6 min"}}`` or ``"unlimited"``.

    With ``complete`` parameters that have their default are written too.
    """
    body = law.model_dump(mode="json", exclude_defaults=not complete, exclude_none=True)
    if isinstance(law, Unlimited) and not law.zero:
        return "unlimited"
    if isinstance(law, Deterministic) and list(body) == ["value"]:
        return body["value"]
    return {law.tag: body}


COMPLETE = {"complete_laws": True}
"""Give it as ``context`` to ``model_dump`` to have every parameter of laws written."""


def _dump_field(law: Law, info: SerializationInfo) -> Any:
    return dump_law(law, complete=info.context == COMPLETE)


_ONE_NUMBER = ("exponential", "deterministic")
"""Laws that may be written with their one number: ``{exponential: 5 min}``."""


def _body_schema(tag: str, law: type[Law]) -> dict[str, Any]:
    body = law.model_json_schema(mode="validation")
    return {"anyOf": [body, {"type": ["string", "number"]}]} if tag in _ONE_NUMBER else body


def law_schema() -> dict[str, Any]:
    """JSON Schema of a law in written form."""
    laws = [
        {
            "type": "object",
            "properties": {tag: _body_schema(tag, law)},
            "required": [tag],
            "additionalProperties": False,
        }
        for tag, law in LAWS.items()
    ]
    return {"anyOf": [*laws, {"type": "string"}, {"type": "number", "minimum": 0}]}


Duration = Annotated[
    Law,
    BeforeValidator(parse_law),
    PlainSerializer(_dump_field),
    WithJsonSchema(law_schema()),
]
"""A law of durations, as a field of the model."""
