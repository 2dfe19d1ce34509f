from training.accounts.views import blueprint

__all__ = ["blueprint"]
