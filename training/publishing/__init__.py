from training.publishing.views import blueprint

__all__ = ["blueprint"]
