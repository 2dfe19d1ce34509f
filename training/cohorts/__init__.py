from training.cohorts.views import blueprint

__all__ = ["blueprint"]
