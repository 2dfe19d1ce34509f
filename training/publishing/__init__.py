from training.publishing import coverage  # noqa: F401 - adds its page to the blueprint
from training.publishing.views import blueprint

__all__ = ["blueprint"]
