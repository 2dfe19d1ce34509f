"""Where the items of a paper come from: one module, or several when an assessment draws from them all."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from training.domain.content import Item, Module, Objective


@dataclass(frozen=True)
class Bank:
    """Modules whose items may stand in one paper. Ids of items and objectives are unique in a course."""

    modules: tuple[Module, ...]  # the one that holds the assessment first

    @property
    def home(self) -> Module:
        return self.modules[0]

    @cached_property
    def item_by_id(self) -> Mapping[str, Item]:
        return {item.id: item for module in self.modules for item in module.items}

    @cached_property
    def module_of_item(self) -> Mapping[str, Module]:
        return {item.id: module for module in self.modules for item in module.items}

    @cached_property
    def objectives(self) -> tuple[Objective, ...]:
        """In the order of the modules."""
        return tuple(objective for module in self.modules for objective in module.objectives)
