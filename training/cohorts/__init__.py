from training.cohorts import marking_views, module_views, people_views, question_views, rule_views
from training.cohorts.views import blueprint

__all__ = ["blueprint", "marking_views", "module_views", "people_views", "question_views", "rule_views"]
