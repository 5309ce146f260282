"""What-ifs: named changes to a scenario, with declared parameters, that stack in order.

>>> from scenarios.whatifs import ScaleVolume, dump, parse
>>> parse({"kind": "scale_volume", "percent": 20}) == ScaleVolume(percent=20)
True

**To add one**, write a module like this and put the class in :data:`scenarios.whatifs.stack.WHATIFS`;
its form in the app, its YAML and its checks follow from the declaration::

    class ChangePatience(WhatIf):
        \"\"\"Customers of a segment wait longer, or less long. Neutral: a factor of 1.\"\"\"

        kind: ClassVar[str] = "change_patience"
        title: ClassVar[str] = "Change patience"
        group: ClassVar[PlannersGroup] = "Customers"

        segment: Name = asked(kind="choice", title="Segment", refers_to="segments")
        factor: Factor = asked(1.0, kind="number", title="Patience times", low=0.5, high=2, step=0.1)

        def describe(self, scenario: Scenario) -> str:
            return f"{self.segment} wait {number(self.factor)} times as long"

        def _changed(self, scenario: Scenario) -> Scenario:
            segment = scenario.segments[self.segment]
            changed = segment.model_copy(update={"patience": segment.patience * self.factor})
            return scenario.model_copy(
                update={"segments": replaced(scenario.segments, {self.segment: changed})}
            )

Names that a field refers to are checked against the scenario without another word; what else can
be wrong is told by ``_misfits``. ``apply`` checks the result, so a what-if cannot make a sound scenario
unsound. Existing names and orders stay as they are: that keeps every other customer's luck the same.
"""

from scenarios.whatifs.absence import ChangeAbsence
from scenarios.whatifs.add_tier import AddTier
from scenarios.whatifs.announce import AnnounceIncident
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.callbacks import OfferCallbacks
from scenarios.whatifs.campaign import OutboundCampaign
from scenarios.whatifs.change import UnannouncedChange
from scenarios.whatifs.concurrency import ChangeConcurrency
from scenarios.whatifs.consult import ConsultColleague
from scenarios.whatifs.context import CarryContext
from scenarios.whatifs.cross_train import CrossTrain
from scenarios.whatifs.desktop import UnifyDesktop
from scenarios.whatifs.failure import RemoveFailureDemand
from scenarios.whatifs.fields import FieldKind, FormField, choices, fields_of, starting_values
from scenarios.whatifs.files import dump_stack, load_stack
from scenarios.whatifs.first_choice import FirstChoice
from scenarios.whatifs.front import ReworkFront
from scenarios.whatifs.launch import LaunchChannel
from scenarios.whatifs.mailing import SendMailing
from scenarios.whatifs.manual import manual, schema
from scenarios.whatifs.merge_tiers import MergeTiers
from scenarios.whatifs.mix import CustomerMix
from scenarios.whatifs.notice import WhoNoticesFirst
from scenarios.whatifs.outage import ChannelOutage
from scenarios.whatifs.overflow import OverflowRules
from scenarios.whatifs.pool import PoolGroups
from scenarios.whatifs.quality import ChannelQuality
from scenarios.whatifs.resolution import FirstContactResolution
from scenarios.whatifs.stack import WHATIFS, apply_stack, dump, parse, parse_stack
from scenarios.whatifs.staff import ChangeStaff
from scenarios.whatifs.training import TrainAgents
from scenarios.whatifs.volume import ScaleVolume

__all__ = [
    "WHATIFS",
    "AddTier",
    "AnnounceIncident",
    "CarryContext",
    "ChangeAbsence",
    "ChangeConcurrency",
    "ChangeStaff",
    "ChannelOutage",
    "ChannelQuality",
    "ConsultColleague",
    "CrossTrain",
    "CustomerMix",
    "FieldKind",
    "FirstChoice",
    "FirstContactResolution",
    "FormField",
    "LaunchChannel",
    "MergeTiers",
    "OfferCallbacks",
    "OutboundCampaign",
    "OverflowRules",
    "PlannersGroup",
    "PoolGroups",
    "RemoveFailureDemand",
    "ReworkFront",
    "ScaleVolume",
    "SendMailing",
    "TrainAgents",
    "UnannouncedChange",
    "UnifyDesktop",
    "WhatIf",
    "WhoNoticesFirst",
    "apply_stack",
    "choices",
    "dump",
    "dump_stack",
    "fields_of",
    "load_stack",
    "manual",
    "parse",
    "parse_stack",
    "schema",
    "starting_values",
]
