"""Saves: what would keep this customer. Exchanges, alternatives, replacements and fixes, each with its evidence."""

from recommenders.saves.index import CatalogIndex
from recommenders.saves.needs import NeedSpace
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.recommender import SaveRecommender

__all__ = ["CatalogIndex", "NeedSpace", "Outcomes", "SaveRecommender"]
