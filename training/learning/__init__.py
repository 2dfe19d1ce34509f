from training.learning import refresher_views, scenario_views  # noqa: F401 - they add their pages to the blueprint
from training.learning.views import blueprint

__all__ = ["blueprint"]
