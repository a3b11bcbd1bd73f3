"""Replies that an agent can send with one touch: every fact cited, every unknown a visible gap."""

from recommenders.drafts.compose import DraftComposer
from recommenders.drafts.passages import ArticleIndex, PageIndex
from recommenders.drafts.terms import Terms

__all__ = ["ArticleIndex", "DraftComposer", "PageIndex", "Terms"]
