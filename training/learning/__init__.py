from training.learning.views import blueprint

__all__ = ["blueprint"]
