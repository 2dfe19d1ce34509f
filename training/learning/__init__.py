from training.learning import scenario_views  # noqa: F401 - adds its pages to the blueprint
from training.learning.views import blueprint

__all__ = ["blueprint"]
